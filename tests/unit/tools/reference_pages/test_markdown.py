"""Documents are wrapped without becoming others: what is a table, code, a list or a heading before is so afterwards, and nothing else becomes one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.reference_pages.markdown import WIDTH, wrapped

LONG = "word " * 40
DOCUMENT = f"""# A heading that stays however long it is, {LONG}

{LONG}
goes on here.

- an item {LONG}
- another
  that goes on

1. with code {LONG}

       ./desk run {LONG}

   and a second paragraph {LONG}

After the list:

    code {LONG}

| a table | {LONG} |
|---|---|

```sh
{LONG}
```
"""
WORDS = st.lists(
    st.sampled_from(["word", "`two words`", "-", "1.", "#", "|", ">", "a", "中文"]), min_size=1, max_size=90
)


def test_what_is_no_text_stays() -> None:
    """Headings, code, tables and fences are the same lines as before, and a paragraph of an item stays in it."""
    lines = wrapped(DOCUMENT).splitlines()
    unwrapped = [line for line in DOCUMENT.splitlines() if line.lstrip().startswith(("#", "|", "`", "./desk", "code"))]
    assert [line for line in unwrapped if line not in lines] == []
    assert "   and a second paragraph word word" in wrapped(DOCUMENT)
    assert "- another that goes on" in lines
    assert all(len(line) <= WIDTH for line in lines if not line.startswith(("#", "|", "    ", "word word")))


def test_wrapping_twice_is_wrapping_once() -> None:
    """So that a check can compare."""
    assert wrapped(wrapped(DOCUMENT)) == wrapped(DOCUMENT)


@given(WORDS)
def test_no_word_is_lost_or_becomes_a_sign(words: list[str]) -> None:
    """Whatever stands in a paragraph: the same words in their order, and no line but the first begins as something else."""
    text = "begin " + " ".join(words)
    lines = wrapped(text).splitlines()
    assert " ".join(lines) == text
    assert [line for line in lines[1:] if line.split()[0] in ("-", "1.", "#", "|", ">")] == []
