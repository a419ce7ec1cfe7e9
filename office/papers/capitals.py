"""Amounts in the capitals that papers about money write (人民币大写), which nobody alters with a stroke."""

from __future__ import annotations

FIGURES = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
MOST = 10**16


def in_capitals(fen: int) -> str:
    """人民币壹仟零壹拾元零壹分: as the rules for vouchers write it, a 零 for places that are left out, 整 where no fen follow.

    Units:  fen, from 0 to below ten trillion yuan.
    Errors: ValueError.
    """
    if not 0 <= fen < MOST:
        raise ValueError(fen)
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    told = f"{_whole(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"人民币{told}整"
    if jiao:
        told += FIGURES[jiao] + "角"
    elif told:
        told += "零"
    return f"人民币{told}{FIGURES[cents] + '分' if cents else '整'}"


def _whole(number: int) -> str:
    """A whole number from 0, in groups of four figures."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    told = ""
    for place in reversed(range(len(groups))):
        group = groups[place]
        if told and group < 1000 and not told.endswith("零"):
            told += "零"
        if group:
            told += _group(group) + GROUPS[place]
    return told.rstrip("零") or FIGURES[0]


def _group(number: int) -> str:
    """Four figures, with one 零 for those left out between."""
    told = ""
    for place in reversed(range(4)):
        figure = number // 10**place % 10
        if figure:
            told += FIGURES[figure] + PLACES[place]
        elif told and not told.endswith("零"):
            told += "零"
    return told.rstrip("零")
