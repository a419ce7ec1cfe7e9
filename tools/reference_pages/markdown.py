"""Markdown from values: tables, code, and lines that are not too long; nothing knows what it is about."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

WIDTH = 120
CODE_INDENT = 4  # from which, after an empty line, it is code
KEPT = re.compile(r" *(?:\||#|<!--|!\[|\[[^]]+\]: )")  # tables, headings, comments, pictures, targets of links
ITEM = re.compile(r" *(?:[-*]|\d+\.) +")
IN_CODE = re.compile(r"`[^`\n]{1,60}`")
GLUE = "\0"
# What would begin a list, a heading, a quotation or a table where a line began with it.
NOT_FIRST = re.compile(r" (?=(?:[-*+>|]|#+|\d+[.)])(?: |$))")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or a dash where there is nothing to list."""
    lines = [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    if not lines:
        return "none\n"
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) + "\n"


def cell(text: str) -> str:
    """Return the text as one that neither ends a cell nor a line."""
    return " ".join(text.replace("|", "\\|").split())


def code(text: str | None) -> str:
    """Return the text as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def wrapped(text: str) -> str:
    """Return the same document with paragraphs and items of lists in lines of at most WIDTH; tables, headings and code as they are."""
    return "".join(f"{line}\n" for line in _lines(text.splitlines()))


@dataclass
class _Paragraph:
    """What has been read of a paragraph, with what stands before its first line and before the others."""

    first: str = ""
    others: str = ""
    words: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return it in lines of the right width; empty when nothing was read."""
        content = IN_CODE.sub(lambda span: span[0].replace(" ", GLUE), " ".join(self.words))
        content = NOT_FIRST.sub(GLUE, content)
        filled = textwrap.wrap(
            content,
            WIDTH,
            initial_indent=self.first,
            subsequent_indent=self.others,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [line.replace(GLUE, " ") for line in filled]


def _lines(lines: Sequence[str]) -> Iterator[str]:
    paragraph, within, is_fenced = _Paragraph(), 0, False
    for line in lines:
        indent = len(line) - len(line.lstrip())
        is_fence = line.lstrip().startswith("```")
        item = None if is_fenced else ITEM.match(line)
        if paragraph.words and not (is_fence or item or not line.strip() or KEPT.match(line)):
            paragraph.words.append(line.strip())
            continue
        yield from paragraph.lines()
        paragraph = _Paragraph()
        is_code = indent - (within if indent else 0) >= CODE_INDENT and item is None
        if is_fence or is_fenced or not line.strip() or KEPT.match(line) or is_code:
            is_fenced ^= is_fence
            yield line
        elif item is not None:
            within = len(item[0])
            paragraph = _Paragraph(item[0], " " * within, [line[within:].strip()])
        else:
            within = indent
            paragraph = _Paragraph(" " * indent, " " * indent, [line.strip()])
    yield from paragraph.lines()
