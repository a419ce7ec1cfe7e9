"""How many cases run, as the pages of processes say it: cases that stand in a called process are counted there as well."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

import engine
import engine.published
import engine.running
from engine import cases
from tests.support import drawing
from tests.support.actors import CLEO, OLU
from tests.support.furnishing import complete, instance_of, open_tasks
from tests.support.visitors import Visitor
from web.definitions.queries import processes, running_cases

INNER = drawing.process("INNER", drawing.start(), drawing.user("ask"), drawing.catch("wait", timer='duration("PT1H")'), drawing.end(), drawing.path("begun", "ask", "wait", "finished"))  # fmt: skip
OUTER = drawing.process("OUTER", drawing.start("opened"), drawing.call("inside", "INNER"), drawing.user("after"), drawing.end("closed"), drawing.path("opened", "inside", "after", "closed"))  # fmt: skip


def published(key: str, main: str, **more: str) -> None:
    engine.published.publish(drawing.package(key, main, **more), by=OLU, note="x", at=engine.now())


def running(key: str) -> list[tuple[int, int, int]]:
    """Version, running and of these called; newest first."""
    return [(one.number, one.running, one.called) for one in processes.versions(key)]


def at_elements(key: str) -> dict[str, int]:
    """How many cases stand at each element, as the drawing on the page of a process shows it."""
    return running_cases.of_page(key, engine.published.current(key))[1]


def test_a_case_is_counted_where_it_stands(app: Flask) -> None:
    """With a person or waiting for an instant inside, and no longer when it has come out; on the version of the called process that it uses."""
    with app.test_request_context():
        published("INNER", INNER)
        published("OUTER", OUTER, INNER_bpmn=INNER)
        cases.start("INNER", business_key="AJ-901", variables={}, by=CLEO, at=engine.now())
        cases.start("OUTER", business_key="AJ-902", variables={}, by=CLEO, at=engine.now())
        published("INNER", INNER.replace('name="ask"', 'name="asked"'))
        assert running("INNER") == [(2, 0, 0), (1, 2, 1)]
        card = next(one for one in processes.cards({}) if one.newest.key == "INNER")
        assert (card.running, card.called) == (2, 1)
        assert processes.figures("INNER", engine.now()).running == 2
        assert running("OUTER")[-1] == (1, 1, 0)
        assert inside() == 1
        assert at_elements("INNER") == {"ask": 2}
        complete(open_tasks("AJ-902")[0], {})
        assert inside() == 1, "it waits for an instant"
        assert at_elements("INNER") == {"ask": 1, "wait": 1}
        engine.running.run_due(engine.now() + timedelta(hours=2))
        assert inside() == 0


def test_a_roll_back_moves_no_case(app: Flask) -> None:
    """The content of version 1 is in force again as version 3: a case that began with version 1 is counted there, one that begins now at 3."""
    changed = INNER.replace('name="ask"', 'name="asked"')
    with app.test_request_context():
        published("INNER", INNER)
        published("OUTER", OUTER, INNER_bpmn=INNER)
        cases.start("OUTER", business_key="AJ-905", variables={}, by=CLEO, at=engine.now())
        published("INNER", changed)
        published("INNER", INNER)
        cases.start("OUTER", business_key="AJ-906", variables={}, by=CLEO, at=engine.now())
        assert running("INNER") == [(3, 1, 1), (2, 0, 0), (1, 1, 1)]
    client = Visitor(app, "sam").client
    assert "INNER · 1" in client.get("/cases/AJ-905").text
    assert "INNER · 3" in client.get("/cases/AJ-906").text


def test_what_may_be_awaited_in_either_is_counted_for_none(app: Flask) -> None:
    """An event of one id in two called processes: nobody can tell in which of them the case waits."""
    other = INNER.replace("INNER", "OTHER")
    both = drawing.process(
        *("BOTH", drawing.start("opened"), drawing.call("first", "INNER"), drawing.call("second", "OTHER")),
        *(drawing.end("closed"), drawing.path("opened", "first", "second", "closed")),
    )
    with app.test_request_context():
        published("INNER", INNER)
        published("BOTH", both, INNER_bpmn=INNER, OTHER_bpmn=other)
        cases.start("BOTH", business_key="AJ-903", variables={}, by=CLEO, at=engine.now())
        assert inside() == 1
        complete(open_tasks("AJ-903")[0], {})
        assert inside() == 0


TOP = drawing.process("TOP", drawing.start("top"), drawing.user("choose"), drawing.gateway("which", default="flow_which_middle"), drawing.call("middle", "OUTER"), drawing.call("at_once", "INNER"), drawing.end("over"), drawing.path("top", "choose", "which", "middle", "over"), drawing.flow("which", "at_once", "amount > 500"), drawing.path("at_once", "over"))  # fmt: skip


def test_a_case_is_counted_in_every_process_around_it(app: Flask) -> None:
    """The process that has called the one where a case stands is still being carried out; of two ways there, the one that was taken counts."""
    with app.test_request_context():
        published("INNER", INNER)
        published("OUTER", OUTER, INNER_bpmn=INNER)
        published("TOP", TOP, OUTER_bpmn=OUTER, INNER_bpmn=INNER)
        for number, amount in (("AJ-903", "1"), ("AJ-904", "9")):
            cases.start("TOP", business_key=number, variables={}, by=CLEO, at=engine.now())
            complete(open_tasks(number)[0], {"amount": amount})
        assert [one[1:] for one in running("INNER")] == [(2, 2)]
        assert [one[1:] for one in running("OUTER")] == [(1, 1)]
        assert [one[1:] for one in running("TOP")] == [(2, 0)]
        complete(open_tasks("AJ-903")[0], {})
        engine.running.run_due(engine.now() + timedelta(hours=2))
        assert ([one[1:] for one in running("INNER")], [one[1:] for one in running("OUTER")]) == ([(1, 1)], [(1, 1)])


def inside() -> int:
    """Cases of other processes in INNER."""
    return sum(one.called for one in processes.versions("INNER"))


def test_a_case_names_every_version_that_it_has_gone_through(app: Flask) -> None:
    """In the called process, after it, and when it has been cancelled in it: what it went by is still what it went by."""
    with app.test_request_context():
        published("INNER", INNER)
        published("OUTER", OUTER, INNER_bpmn=INNER)
        cases.start("OUTER", business_key="AJ-907", variables={}, by=CLEO, at=engine.now())
        cases.start("OUTER", business_key="AJ-908", variables={}, by=CLEO, at=engine.now())
        cases.cancel(instance_of("AJ-907"), reason="x", by=CLEO, at=engine.now())
        complete(open_tasks("AJ-908")[0], {})
        engine.running.run_due(engine.now() + timedelta(hours=2))
        complete(open_tasks("AJ-908")[0], {})
    client = Visitor(app, "sam").client
    for case in ("AJ-907", "AJ-908"):
        page = client.get(f"/cases/{case}").text
        assert ("OUTER · 1" in page, "INNER · 1" in page) == (True, True)
