"""`./desk words`: the catalogue of what people read, kept in step with code and templates; sorted, so that two branches can be merged."""

from __future__ import annotations

from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from cli.output import ROOT, as_json, report

FOLDER = ROOT / "web" / "translations"
CATALOGUE = FOLDER / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
HEADER = """\
# What the pages say, in Chinese; sorted by the English text. Kept in step by ./desk words.
msgid ""
msgstr ""
"Language: zh_Hans_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@click.command()
@as_json
def words(as_json: bool) -> None:
    """Take new texts of code and templates into the Chinese catalogue, drop those nobody uses, and list what has no Chinese yet."""
    chinese, texts = translations(), extracted()
    write({text: chinese.get(text, "") for text in texts})
    missing = sorted(text for text in texts if not chinese.get(text))
    dropped = sorted(chinese.keys() - texts)
    lines = [
        *(f"no Chinese yet  {text}" for text in missing),
        *(f"dropped         {text}" for text in dropped),
        f"{len(texts)} texts, {len(missing)} without Chinese",
    ]
    report({"texts": len(texts), "missing": missing, "dropped": dropped}, lines, as_json=as_json, found=bool(missing))


def extracted() -> set[str]:
    """Return every text that code or a template marks for translation."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    messages = extract_from_dir(ROOT / "web", method_map=methods, options_map=options)
    return {message for _, _, message, _, _ in messages if isinstance(message, str)}


def translations(file: Path = CATALOGUE) -> dict[str, str]:
    """Return the catalogue as it is: English text to Chinese, "" where there is none."""
    with file.open("rb") as source:
        return {
            str(message.id): str(message.string)
            for message in read_po(source, locale=file.parents[1].name)
            if message.id
        }


def write(chinese: dict[str, str], file: Path = CATALOGUE) -> None:
    """Replace the catalogue."""
    catalogue = Catalog(locale=file.parents[1].name)
    for english, text in chinese.items():
        catalogue.add(english, text)
    with file.open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
