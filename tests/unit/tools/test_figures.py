"""Figures of the house: each counts what it says, in sources that were written for it."""

from __future__ import annotations

import ast

import pytest

from tools.figures import Figure, doors, naming, state
from tools.figures.sources import Modules

UNGOOD = "def amounts(lines):\n    found = [line for line in lines]\n    total = sum(found)\n    return total\n"
KEPT = "CACHE = {}\n\ndef put(key, value):\n    CACHE[key] = value\n"
REGISTERED = "from web.edge import forms\n\ndef register(app):\n    forms.BEFORE['task'] = app\n"
PASSED = "LIMITS = {}\n\ndef put(key, value):\n    LIMITS = {}\n    LIMITS[key] = value\n"


def modules(**texts: str) -> Modules:
    """One module a keyword: `engine__clock` is engine/clock.py, `engine____init__` its door."""
    paths = {name: name.replace("____init__", "/:").replace("__", "/").replace(":", "__init__") for name in texts}
    return tuple((f"{paths[name]}.py", ast.parse(text)) for name, text in texts.items())


def test_a_local_that_names_nothing_is_counted_among_all() -> None:
    """Four locals, the parameter and the one of the comprehension included, of which one is a participle."""
    figure = naming.measured(modules(office__sums=UNGOOD))
    assert (figure.count, figure.of, figure.places) == (1, 4, ("office/sums.py 1",))
    assert not figure.is_reached


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(found, given=1): ...\n", ["found", "given"]),
        ("def f(found: bool, given=False): ...\n", []),
        ("def f(a):\n    found = a > 1\n    seen = not a\n    held = isinstance(a, int) and a > 2\n", []),
        ("def f(a):\n    found = a > 1\n    found = [a]\n", ["found"]),
        ("def f(a):\n    found = a.rows().all()\n    held = a.is_open()\n    seen = any(a)\n", ["found"]),
        ("def f(one: bool): ...\n", ["one"]),
        ("def f(left, right): ...\n", []),
        ("def f(left, top): ...\n", []),
        ("def f(left): ...\n", ["left"]),
        ("def f(self, it): return lambda told: it\n", ["it", "told"]),
        ("def f(a):\n    def g(found): ...\n    return [one for a, one in a for one in one]\n", ["one", "found"]),
        ("LIST = [one for one in (1, 2)]\nclass A:\n    total = sum(taken for taken in LIST)\n", ["one", "taken"]),
        ("found = 1\n", []),
        ("class A:\n    def __eq__(self, other): ...\n    def like(self, other): ...\n", ["other"]),
        ("def f():\n    try: ...\n    except KeyError as this: ...\n", ["this"]),
    ],
)
def test_what_a_name_holds_decides_whether_it_is_banned(text: str, names: list[str]) -> None:
    """Parameters, comprehensions and lambdas count, outside functions as well; a participle that is true or false is none, a pronoun always is."""
    names_found = naming.locals_of(modules(office__sums=text))
    assert sorted(local.name for local in names_found if local.is_banned) == sorted(names)


def test_the_share_of_a_folder_is_told_with_its_places() -> None:
    """A folder is its own; what lies below another is measured with it when that is asked for, and no folder by the beginning of its name."""
    sources = modules(engine__a=UNGOOD, engine__b__c=UNGOOD, engine__bc=KEPT)
    shares = naming.shares(naming.locals_of(sources, "engine/b"))
    assert [(share.name, share.count, share.of, share.places) for share in shares] == [
        ("engine/b", 1, 4, ("engine/b/c.py:2 found",))
    ]
    assert [share.name for share in naming.shares(naming.locals_of(sources))] == ["engine/b", "engine"]


@pytest.mark.parametrize(("text", "count"), [(KEPT, 1), (PASSED, 0), ("LIST = []\n", 0), (REGISTERED, 1)])
def test_a_module_has_state_when_a_function_changes_it(text: str, count: int) -> None:
    """A constant that is a list is none; a local of the same name neither. That of another module is state as well."""
    assert state.measured(modules(engine__kept=text), ())[0].count == count


def test_a_test_that_reaches_for_a_private_name_is_counted() -> None:
    """By import, by attribute and in words to be patched; a private name of the test's own is nobody's business."""
    text = (
        "from engine import jobs\nfrom engine.jobs import _run\n\njobs._queue(1)\n_own = 2\n"
        "patch.setattr(jobs, '_left', 1)\npatch.setattr('engine.jobs._log.error', 1)\n"
        "patch.setattr(jobs, 'left', 1)\npatch.setattr('other._log', 1)\npatch.setattr(own, '_own', 1)\n"
    )
    assert state.measured((), modules(tests__test_jobs=text))[1].count == 4


def test_a_context_beside_the_runtime_is_counted() -> None:
    """The three that ADR 20 names are not: the runtime's own, and two that lie below it."""
    text = "from contextvars import ContextVar\n_current: ContextVar[int] = ContextVar('current')\n"
    product = modules(engine__runtime__runtime=text, models__base=text, service_tasks__gateway=text)
    assert state.measured(product, ())[2].places == ("service_tasks/gateway.py:2",)


def test_a_private_member_of_an_object_is_reached_for_as_well() -> None:
    """Of a class of the product, by whatever name the test has the object; what libraries and the test's own classes call so is not counted."""
    product = modules(engine__turns="class Turns:\n    def __init__(self): self._owner = 1\n    def _wait(self): ...\n")
    text = (
        "turns._owner\nturns._wait()\nrow._mapping\nclass Own:\n    def _act(self): self._owner\n"
        "class Turn:\n    def _wait(self): ...\n"
    )
    assert state.measured(product, modules(tests__test_turns=text))[1].places == ("tests/test_turns.py:1 turns._owner",)


def test_every_room_below_the_pages_has_its_door_measured() -> None:
    """A room without a list offers all that it imports and defines; with one, what is listed. Another name on the way out is counted."""
    figures = doors.measured(
        modules(
            engine____init__="from datetime import datetime\nfrom a import b as c\n__all__ = ['c']\n",
            engine__room____init__="from a import b, c\n\nMOST = 3\n\ndef d(): ...\n",
            engine__room__inner="from a import e, f, g, h\n",
            service_tasks__gateway____init__="from a import b as g\n",
        )
    )
    figure = {figure.name: figure for figure in figures}
    widest = figure["names at the widest front door"]
    assert (widest.count, widest.places) == (4, ("engine/room",))
    assert figure["names changed at a front door"].places == ("engine: b", "service_tasks/gateway: b")


def test_an_import_of_a_higher_floor_points_up() -> None:
    """Inside a function as well."""
    figures = doors.measured(
        modules(
            models__base="import web\n", web__pages="import models\n", engine__a="def f():\n    from office import b\n"
        )
    )
    assert {figure.name: figure.count for figure in figures}["imports that point up"] == 2


def test_a_share_is_reached_in_per_cent() -> None:
    """One of a hundred is within one per cent."""
    assert Figure("", 1, 1.0, of=100).is_reached
    assert not Figure("", 2, 1.0, of=100).is_reached
