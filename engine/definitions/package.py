"""A package: everything one version of a process consists of, as files, with one canonical form and one fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from engine.definitions import diagram
from engine.errors import NotFound


class MissingFile(NotFound):
    """A file that the process refers to is not there."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """The diagram of `key`, the processes it calls, and the decisions, forms and catalogues they use.

    Shape: `files` maps "TS-002.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form", "translations/TS-002.en.yaml" to text.
    """

    key: str
    files: dict[str, str]

    def canonical(self) -> bytes:
        """The bytes that are stored and hashed: sorted JSON, UTF-8."""
        document = {"key": self.key, "files": self.files}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def sha256(self) -> str:
        """The fingerprint: same files, same version."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def bpmn(self, key: str) -> bytes:
        """The diagram of one of its processes. Errors: MissingFile."""
        return self._file(f"{key}.bpmn").encode()

    def decision(self, decision_id: str) -> bytes:
        """The DMN file that holds a decision. Errors: MissingFile."""
        return self._file(f"decisions/{decision_id}.dmn").encode()

    def form(self, form_id: str) -> str:
        """The form-js schema. Errors: MissingFile."""
        return self._file(f"forms/{form_id}.form")

    def _file(self, name: str) -> str:
        if name not in self.files:
            raise MissingFile(file=name, process=self.key)
        return self.files[name]

    @property
    def processes(self) -> list[str]:
        """The keys of all processes in it, its own first."""
        others = sorted(n[: -len(".bpmn")] for n in self.files if n.endswith(".bpmn") and n != f"{self.key}.bpmn")
        return [self.key, *others]


def load(content: bytes) -> Package:
    """The package that `canonical()` wrote."""
    document = json.loads(content)
    return Package(key=document["key"], files=document["files"])


def read(directory: Path, key: str) -> Package:
    """Collect a process and everything it refers to from a directory laid out as processes/ is.

    Errors: MissingFile; MalformedXml.
    """
    files: dict[str, str] = {}
    pending = [key]
    while pending:
        current = pending.pop()
        name = f"{current}.bpmn"
        if name in files:
            continue
        files[name] = _text(directory, name)
        drawn = diagram.parse(files[name].encode())
        pending.extend(drawn.called_processes())
        for element in drawn.elements.values():
            for reference in references(element):
                files[reference] = _text(directory, reference)
        catalogue = f"translations/{current}.en.yaml"
        if (directory / catalogue).is_file():
            files[catalogue] = _text(directory, catalogue)
    return Package(key=key, files=files)


def references(element: diagram.Element) -> list[str]:
    """The files an element needs beside its diagram."""
    found = []
    if element.type == "userTask" and element.properties.get("form"):
        found.append(f"forms/{element.properties['form']}.form")
    if element.decision:
        found.append(f"decisions/{element.decision}.dmn")
    return found


def _text(directory: Path, name: str) -> str:
    path = (directory / name).resolve()
    if not path.is_relative_to(directory.resolve()) or not path.is_file():
        raise MissingFile(file=name, process=name)
    return path.read_text(encoding="utf-8")
