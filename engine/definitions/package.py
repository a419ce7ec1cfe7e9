"""A package: everything one version of a process consists of, as files, with one canonical form and one fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.diagrams import diagram
from engine.ground import xml
from engine.ground.errors import NotFound


class MissingFile(NotFound):
    """A file that the process refers to is not there."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """The diagram of `key`, the processes it calls, and the decisions, forms and catalogues they use.

    Shape: `files` maps "TS-002.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form", "translations/TS-002.en.yaml" to text.
    """

    key: str
    files: dict[str, str]

    def __hash__(self) -> int:
        return hash(self.sha256)

    def canonical(self) -> bytes:
        """Return the bytes that are stored and hashed: sorted JSON, UTF-8."""
        document = {"key": self.key, "files": self.files}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @cached_property
    def sha256(self) -> str:
        """The fingerprint: same files, same version."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def bpmn(self, key: str) -> bytes:
        """Return the diagram of one of its processes. Errors: MissingFile."""
        return self._file(f"{key}.bpmn").encode()

    def diagrams(self) -> dict[str, bytes]:
        """Return the diagrams of all its processes, by key."""
        return {key: self.bpmn(key) for key in self.processes}

    def decision(self, decision_id: str) -> bytes:
        """Return the DMN file that holds a decision. Errors: MissingFile."""
        return self._file(f"decisions/{decision_id}.dmn").encode()

    def form(self, form_id: str) -> str:
        """Return the form-js schema. Errors: MissingFile."""
        return self._file(f"forms/{form_id}.form")

    def _file(self, name: str) -> str:
        if name not in self.files:
            raise MissingFile(file=name, process=self.key)
        return self.files[name]

    @property
    def processes(self) -> list[str]:
        """The keys of all processes in it, its own first."""
        callees = sorted(n[: -len(".bpmn")] for n in self.files if n.endswith(".bpmn") and n != f"{self.key}.bpmn")
        return [self.key, *callees]


def load_package(content: bytes) -> Package:
    """Return the package that `canonical()` wrote."""
    document = json.loads(content)
    return Package(key=document["key"], files=document["files"])


def read_package(directory: Path, key: str) -> Package:
    """Collect a process and everything it refers to from a directory laid out as processes/ is.

    Errors: MissingFile; MalformedXml.
    """
    return _collected(key, lambda name: _text(directory, name), lambda name: (directory / name).is_file())


def found(directory: Path, key: str) -> Package:
    """Return the same of a directory that lacks some of it: what is not there is left out, and `lint` says so. Errors: MalformedXml."""
    start = {f"{key}.bpmn": _text(directory, f"{key}.bpmn")}
    content = Package(key=key, files=start)
    pending = [key]
    while pending:
        current = pending.pop()
        names = [*_referred(content, current), f"translations/{current}.en.yaml"]
        callees = [callee for callee in _calls(content, current) if f"{callee}.bpmn" not in content.files]
        names += [f"{callee}.bpmn" for callee in callees]
        content = package_with(
            content, {name: _text(directory, name) for name in names if (directory / name).is_file()}
        )
        pending.extend(callee for callee in callees if f"{callee}.bpmn" in content.files)
    return content


def pruned_package(content: Package) -> Package:
    """Return the package without files that nothing in it refers to. Errors: MissingFile; MalformedXml."""
    return _collected(content.key, content._file, content.files.__contains__)


def _collected(key: str, text: Callable[[str], str], has: Callable[[str], bool]) -> Package:
    files: dict[str, str] = {}
    pending = [key]
    while pending:
        current = pending.pop()
        name = f"{current}.bpmn"
        if name in files:
            continue
        files[name] = text(name)
        parsed = diagram.parse(files[name].encode())
        pending.extend(parsed.called_processes())
        for element in parsed.elements.values():
            for reference in references(element):
                files[reference] = text(reference)
        catalogue = f"translations/{current}.en.yaml"
        if has(catalogue):
            files[catalogue] = text(catalogue)
    return Package(key=key, files=files)


def package_with(content: Package, files: Mapping[str, str]) -> Package:
    """Return the package with some files replaced or added."""
    return Package(key=content.key, files={**content.files, **files})


def own_files(content: Package) -> set[str]:
    """Return the files of its own process: all but the diagrams and catalogues of the processes it calls, and what only those use."""
    files_of_callees: set[str] = set()
    for callee in content.processes[1:]:
        files_of_callees |= {f"{callee}.bpmn", f"translations/{callee}.en.yaml"}
        files_of_callees |= _referred(content, callee) - _referred(content, content.key)
    return set(content.files) - files_of_callees


def _referred(content: Package, key: str) -> set[str]:
    try:
        elements = diagram.parse(content.bpmn(key)).elements.values()
    except (MissingFile, xml.MalformedXml):
        return set()
    return {name for element in elements for name in references(element)}


def completed_package(content: Package, published: Callable[[str], Package | None]) -> Package:
    """Return the package with the newest published files of the processes it calls; its own files stay as they are.

    Shape: `published` gives the newest package of a key, None when there is none. A diagram that cannot be read is left alone.
    """
    own = {name: content.files[name] for name in own_files(content)}
    files, pending, visited = dict(own), _calls(content, content.key), set[str]()
    while pending:
        callee = pending.pop()
        package = published(callee) if callee not in visited and callee != content.key else None
        visited.add(callee)
        if package is not None:
            files = {**{n: package.files[n] for n in own_files(package)}, **files}
            pending.extend(_calls(package, callee))
    return Package(key=content.key, files=files)


def _calls(content: Package, key: str) -> list[str]:
    try:
        return diagram.parse(content.bpmn(key)).called_processes()
    except (MissingFile, xml.MalformedXml):
        return []


def references(element: diagram.Element) -> list[str]:
    """Return the files an element needs beside its diagram."""
    files = []
    if element.type == "userTask" and element.properties.get("form"):
        files.append(f"forms/{element.properties['form']}.form")
    if element.decision:
        files.append(f"decisions/{element.decision}.dmn")
    return files


def _text(directory: Path, name: str) -> str:
    path = (directory / name).resolve()
    if not path.is_relative_to(directory.resolve()) or not path.is_file():
        raise MissingFile(file=name, process=name)
    return path.read_text(encoding="utf-8")
