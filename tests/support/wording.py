"""What may not stand on a page: names that only programs know, words of the other language, and values that were never there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from office.demo.staff import PEOPLE

SAID_IN = (
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "data-label",
    "data-active-label",
    "data-error-text",
    "data-play",
    "data-pause",
    "data-now",
)
UNREAD = ("script", "style", "pre", "code", "svg", "textarea")
RAW = {
    "an identifier": re.compile(r"\b[A-Za-z]+[a-z0-9]*(?:_[A-Za-z0-9]+)+\b"),
    "the name of a class": re.compile(r"\b[A-Za-z]*[a-z][A-Z][a-z]\w*"),
    "a value that is not there": re.compile(r"\b(?:None|undefined|NaN|null|True|False)\b"),
    "a pattern": re.compile(r"\[object|%\(|\{\{|\$\{|\\u[0-9a-f]{4}"),
    "an instant for programs": re.compile(r"\d{4}-\d\d-\d\dT\d\d"),
    "a log-in": re.compile(rf"\b(?:{'|'.join(name for name, *_ in PEOPLE if name != 'bill')})\b"),
}
NAMED_SO = frozenset({"GoTone", "BoCom", "JavaScript"})
ENGLISH = re.compile(r"[A-Za-z][a-z]{3,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
NO_WORD = re.compile(r"[0-9a-f]{8,}|\.[a-z]{3,4}\b")  # a fingerprint, the ending of a file
IN_CHINESE = frozenset({"Ctrl", "Enter", "English", "JavaScript", "Home", "Java", "Script"})
AMOUNT = re.compile(r"¥ ?([\d,.]*\d)|([\d,.]*\d) ?(?:元|yuan\b)")
TWO_DECIMALS = re.compile(r"(?:\d{1,3}(?:,\d{3})*|\d+)\.\d\d")
QUOTED = re.compile(r"“[^”]*”")


def wrong(tree: Any, language: str, said: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the words of a page in a language, and where; `said` are words of customers and of the office, which stay as they were said."""
    for element, text in _texts(tree):
        yield from in_text(text, language, said, is_said=_is_said(element))


def in_text(text: str, language: str, said: frozenset[str], *, is_said: bool = False) -> Iterator[tuple[str, str]]:
    """What is wrong with one text in a language; `is_said` marks one that stays as somebody said it."""
    yield from _judged(text, language, said, is_said)


@lru_cache(maxsize=1 << 16)
def _judged(text: str, language: str, said: frozenset[str], is_said: bool) -> tuple[tuple[str, str], ...]:
    """Judge a text once, however many pages it stands on: the same names and buttons are on all of them."""
    return tuple(_wrong_in(text, language, said, is_said))


def _wrong_in(text: str, language: str, said: frozenset[str], is_said: bool) -> Iterator[tuple[str, str]]:
    for what, pattern in RAW.items():
        yield from ((what, f"{raw} in: {text}") for raw in pattern.findall(text) if raw not in NAMED_SO)
    if language == "zh":
        yield from (
            ("English", f"{word} in: {text}")
            for word in ENGLISH.findall(NO_WORD.sub("", text))
            if word not in IN_CHINESE
        )
    elif not is_said and CHINESE.search(text) and CHINESE.search(_without(text, said)):
        yield "Chinese", text


def texts_of(document: Any) -> Iterator[str]:
    """Every text that is a value in a document of mappings and lists."""
    if isinstance(document, dict):
        for value in document.values():
            yield from texts_of(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from texts_of(value)
    elif isinstance(document, str):
        yield document


def amounts(tree: Any, said: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every amount of a page that has not two decimals: what is read, what stands in a field already, what is suggested to be told."""
    read = [text for _, text in _texts(tree)] + [one.text or "" for one in tree.iter("textarea")]
    for text in filter(AMOUNT.search, read):
        found = ["".join(one) for one in AMOUNT.findall(_without(text, said))]
        yield from (("an amount", f"{one} in: {text}") for one in found if not TWO_DECIMALS.fullmatch(one))
    for field in tree.xpath("//*[contains(@class, 'desk-money-field')]/input"):
        if field.get("value") and not TWO_DECIMALS.fullmatch(field.get("value")):
            yield "an amount in a field", f"{field.get('name')} {field.get('value')}"


def _without(text: str, said: frozenset[str]) -> str:
    """A text without what somebody said: what stands in quotation marks, and every word known as said."""
    left = QUOTED.sub("", text)
    for word in _longest_first(said):
        left = left.replace(word, "") if word in left else left
    return left


@lru_cache(maxsize=2)
def _longest_first(said: frozenset[str]) -> list[str]:
    return sorted(said, key=len, reverse=True)


def _is_said(element: Any) -> bool:
    """Whether it is marked as what a customer reads, which is Chinese on every page, or as what somebody wrote."""
    return element.get("lang") == "zh-CN" or "desk-quote" in element.get("class", "")


def _texts(tree: Any) -> Iterator[tuple[Any, str]]:
    """What a person reads or hears on a page, without what is told as it stands in a file."""
    for element in _read(tree):
        told = [element.text, *(element.get(name) for name in SAID_IN), *(inner.tail for inner in element)]
        yield from ((element, " ".join(text.split())) for text in told if text and text.strip())


def _read(element: Any) -> Iterator[Any]:
    """The elements that are read, from this one down; below one that is not nothing is."""
    if element.tag in UNREAD or element.get("translate") == "no":
        return
    if isinstance(element.tag, str):
        yield element
    for inner in element:
        yield from _read(inner)
