"""The tokens of one expression, taken one after the other. What they mean is `parser`'s business."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.feel.lexer import FeelSyntaxError, Token, tokens

MOST_CHAIN = 100


class Reader:
    """A position in the tokens of a text; what does not fit is refused with its column."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.text = text
        self.tokens = tokens(text, names)
        self.position = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def fail(self, reason: str, token: Token | None = None, **more: str) -> FeelSyntaxError:
        return FeelSyntaxError(text=self.text, column=(token or self.token).column, why=reason, **more)

    def at(self, *texts: str) -> bool:
        return self.token.kind in ("symbol", "keyword") and self.token.text in texts

    def accept(self, *texts: str) -> str:
        if not self.at(*texts):
            return ""
        return self.take().text

    def expect(self, *texts: str) -> str:
        if not self.at(*texts):
            raise self.fail(f"expected {texts[0]}")
        return self.take().text

    def take(self) -> Token:
        self.position += 1
        return self.tokens[self.position - 1]

    def written_from(self, first: Token) -> str:
        """Return what is written from a token up to the one that comes next."""
        return self.text[first.column - 1 : self.tokens[self.position - 1].end - 1]

    def name(self) -> str:
        if self.token.kind != "name":
            raise self.fail("expected name")
        return self.take().text

    def link(self, count: int) -> int:
        """Return one more part of a chain such as a + b + c; each is one closure inside another."""
        if count >= MOST_CHAIN:
            raise self.fail("too_long")
        return count + 1
