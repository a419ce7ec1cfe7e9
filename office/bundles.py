"""A version as one file, to be taken away and brought back: a ZIP of everything it consists of, laid out as processes/ is, and what it is.

Whatever comes in is untrusted: as many files, as long, of the kinds and under the names that a draft may have, and no byte more is unpacked.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from typing import Any

from engine import InvalidDefinition, Problem, definitions, diagrams, ground
from engine.definitions import Package
from office import drafts
from office.drafts import UnusableFile

ABOUT = "package.json"
ANY_KEY = r"[A-Za-z][A-Za-z0-9_-]{0,59}"
MOST_BYTES = 4 * drafts.MOST_CHARACTERS  # of one file; a character takes at most four in UTF-8
MOST_UNPACKED = 20_000_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def packed(content: Package, version: int) -> bytes:
    """Return the ZIP of a version; `ABOUT` holds its key, its number and its fingerprint."""
    about = {"key": content.key, "version": version, "sha256": content.sha256}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted([*content.files.items(), (ABOUT, json.dumps(about))]):
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def unpacked(content: bytes, file: str) -> Package:
    """Return what a ZIP holds, as a package.

    Errors: UnusableFile, by the name of the archive or of what is in it; InvalidDefinition for what no page could put right.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _files(archive, file)
    except BROKEN:
        raise UnusableFile(file=file, why="broken_package") from None
    about = _about(files.pop(ABOUT, ""), file)
    package = Package(key=about.get("key") or _key(files, file), files=files)
    if f"{package.key}.bpmn" not in files:
        raise UnusableFile(file=file, why="no_diagram_in_package")
    if about and about.get("sha256") != package.sha256:
        raise UnusableFile(file=file, why="other_content")
    _check_names(package)
    return package


def _check_names(package: Package) -> None:
    """Check that the English names of its own process can be read; nothing that is made here has an alias in them. Errors: InvalidDefinition."""
    name = f"translations/{package.key}.en.yaml"
    fault = definitions.catalogue_fault(package.files.get(name, ""))
    if fault is not None:
        raise InvalidDefinition(
            problems=[Problem(fault["line"], "", "malformed_catalogue", {"file": name, **fault}, name)]
        )


def _files(archive: zipfile.ZipFile, file: str) -> dict[str, str]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > drafts.MOST_FILES:
        raise UnusableFile(file=file, why="too_many_files", limit=drafts.MOST_FILES)
    files: dict[str, str] = {}
    bytes_left = MOST_UNPACKED
    for member in members:
        if member.filename != ABOUT and not re.fullmatch(drafts.NAME.format(key=ANY_KEY), member.filename):
            raise UnusableFile(file=member.filename[: drafts.MOST_NAME], why="name")
        if member.filename in files:
            raise UnusableFile(file=member.filename, why="twice")
        files[member.filename] = _text(archive, member, bytes_left)
        bytes_left -= len(files[member.filename])
    return files


def _text(archive: zipfile.ZipFile, member: zipfile.ZipInfo, bytes_left: int) -> str:
    """Return one file of it, read no further than may be kept, whatever the archive says of its length."""
    with archive.open(member) as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > min(MOST_BYTES, bytes_left) or len(content.decode("utf-8", "replace")) > drafts.MOST_CHARACTERS:
        raise UnusableFile(file=member.filename, why="too_large", limit=drafts.MOST_CHARACTERS)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnusableFile(file=member.filename, why="encoding", encoding="utf-8") from None


def _about(text: str, file: str) -> dict[str, Any]:
    """Return what the archive says of itself; nothing when an earlier version packed it. Errors: UnusableFile; InvalidDefinition when it says a thing twice."""
    if not text:
        return {}
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        about = None
    if not isinstance(about, dict) or not re.fullmatch(ANY_KEY, str(about.get("key"))):
        raise UnusableFile(file=file, why="broken_package")
    repeated = ground.key_twice(text)
    if repeated is not None:
        raise InvalidDefinition(problems=[Problem(repeated.line, "", "key_twice", {"key": repeated.key}, ABOUT)])
    return about


def _key(files: dict[str, str], file: str) -> str:
    """Return the one process that no other in the archive calls. Errors: UnusableFile."""
    keys = {name.removesuffix(".bpmn") for name in files if name.endswith(".bpmn")}
    try:
        called_keys = {
            process for key in keys for process in diagrams.parse(files[f"{key}.bpmn"].encode()).called_processes()
        }
    except ground.MalformedXml:
        raise UnusableFile(file=file, why="broken_package") from None
    alone = sorted(keys - called_keys)
    if len(alone) != 1:
        raise UnusableFile(file=file, why="no_diagram_in_package")
    return alone[0]
