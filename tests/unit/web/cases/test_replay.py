"""What the replay of a case says of a step."""

from __future__ import annotations

from flask import Flask

from tests.support.furnishing import CASH, JUDGED, PAID, ask_for_time, begin, complete, open_tasks
from tests.support.visitors import Visitor


def test_an_amount_in_yuan_does_not_stand_under_fen(desk: Flask) -> None:
    """The columns of the authority table are in fen, as its owner reads them; whoever replays a case reads yuan."""
    with desk.app_context():
        case = begin("13900000201")
        for form in (JUDGED, CASH, PAID):
            complete(open_tasks(case)[0], form)
    text = Visitor(desk, "ada").get(f"/cases/{case}/replay").text
    assert "本案金额" in text
    assert "（分）" not in text


def test_an_act_beside_the_diagram_says_what_the_timeline_says(desk: Flask) -> None:
    """Why more time is asked for stands at its moment too, and not only that it was; numbers typed into it are masked."""
    with desk.app_context():
        number = begin("13900000203")
        ask_for_time(number, "要等 13912345678 取证")
    event = Visitor(desk, "ada", language="en").get(f"/cases/{number}/replay").tree.xpath("//li[@data-event]")[-1]
    assert "要等 139****5678 取证" in event.xpath("string()")
