"""Random well-formed processes: a plan is nested tuples, small enough to be pasted into a test, and `drawn` makes BPMN of it.

A plan is one of:

    ("limited", plan)                                             only outermost: the plan in a case with a limit
    ("user", mark, …)                                             a user task, with any of MARKS: it stops the clock, answers the customer, …
    ("send", guard, mark, …)                                      a service task that reaches outside, with a guard as below; mark: "met" or none
    ("tie",)                                                      a user task with two boundary timers that are due at the same instant
    ("work",)  ("timer",)  ("never",)  ("message",)                one element; "never" is a timer that cannot be reckoned
    ("receive",)  ("throw",)                                      a receive task; a send task
    ("race",)                                                     an event gateway over two timers, a third unreckoned, and a message
    ("late", interrupting)  ("off", interrupting)                 a user task with a boundary timer, or with a boundary message
    ("chase", times)                                              a user task beside which a person is asked every hour, so many times or without end
    ("no",)                                                       a service task with an error boundary event
    ("seq", a, b, …)  ("xor", a, b)  ("or", a, b)  ("and", a, b)  one after another, and the three gateways
    ("loop", a)                                                   a, then a person says whether once more
    ("sub", a, guard, straight)  ("call", a, guard, straight)     guard: "", "timer", "message" or "error", what interrupts it from outside;
                                                                  straight: nobody is asked then; left out is no
    ("each", plan, how, sequential, until)                        once per item of a list: how is "user" (plan are its marks), "work", "sub" or
                                                                  "call" (plan is what is inside), until a completion condition holds when asked for
    ("guarded_each", plan, how, sequential, guard, straight)      the same with a guard that interrupts all items from outside
    ("halt",)                                                     a person may end the whole process or sub-process at once
    ("cut", a, error)                                             a, beside which a person ends what is around it, with an error or at once
    ("surplus", a, b, kind)                                       a join of a kind to which two tokens come on each of its flows, a and b on one of them
    ("strand", a, kind)                                           a beside a person who may end the branch that a join of a kind waits for
    ("nokey",)  ("nolimit",)                                      a message whose key, and a user task whose limit, cannot be reckoned
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from engine import definitions
from tests.support.drawing import (
    boundary,
    call,
    catch,
    catch_message,
    each,
    end,
    error_end,
    flow,
    gateway,
    package,
    process,
    properties,
    send_task,
    service,
    start,
    sub_process,
    user,
)

Plan = tuple[Any, ...]
Ends = tuple[str, str]
HOUR, TWO_HOURS = 'duration("PT1H")', 'duration("PT2H")'
TERMINATE = "<bpmn:terminateEventDefinition/>"
MARKS = {
    "waits": {"customerWaits": "true"},
    "met": {"caseLimit": "met"},
    "own": {"due": 'entered_at + duration("PT3H")'},
    "group": {"due": 'entered_at + duration("PT5H")', "dueGroup": "g"},
    "other": {"notBy": ""},
}
GUARDS = {"timer": {"timer": HOUR}, "message": {"message": "told", "key": '"k"'}, "error": {"error": "no"}}
MUCH = "amount > 300"
LISTS = ("[100, 200]", "[]", "[300, 400]", "[100, 300, 200]", "7", "null")
LIST = "".join(f"if amount = {n}00 then {text} else " for n, text in enumerate(LISTS)) + "[amount]"


class _Drawing:
    """One level of a process under construction: its elements and flows; called processes are gathered beside it."""

    def __init__(self, pen: list[int], called: dict[str, str], key: str) -> None:
        self.pen, self.called, self.key = pen, called, key
        self.parts: list[str] = []
        self.asked = ""

    def id(self, kind: str) -> str:
        self.pen[0] += 1
        return f"{kind}{self.pen[0]}"

    def inner(self) -> _Drawing:
        return _Drawing(self.pen, self.called, self.key)

    def put(self, kind: str, make: Callable[..., str], *more: Any, **named: Any) -> str:
        id = self.id(kind)
        self.parts.append(make(id, *more, **named))
        return id

    def join(self, *pairs: tuple[str, str], condition: str = "") -> None:
        self.parts += [flow(source, target, condition) for source, target in pairs]

    def block(self, plan: Plan) -> Ends:
        """Draw a plan; its first and its last element."""
        made: Ends = getattr(self, f"_{plan[0]}")(*plan[1:])
        return made

    def whole(self, plan: Plan, **begun: str) -> str:
        """The plan between a start and an end event."""
        first, last = self.block(plan)
        self.join((self.put("begun", start, **begun), first), (last, self.put("ended", end)))
        return "".join(self.parts)

    def _user(self, *marks: str) -> Ends:
        only = self.asked = self.put("ask", user, **self._marked(marks))
        return only, only

    def _marked(self, marks: tuple[str, ...]) -> dict[str, str]:
        """The properties of a user task; "other" is somebody else than who did the last one drawn."""
        found = {name: value for mark in marks for name, value in MARKS[mark].items()}
        return {**found, "notBy": self.asked} if "notBy" in found else found

    def _send(self, guard: str, *marks: str) -> Ends:
        host = self.id("send")
        self.parts.append(_extended(service(host, "test/send"), **self._marked(marks)))
        return self._guarded(host, guard, False)

    def _tie(self) -> Ends:
        host, merge = self.put("ask", user), self._merge()
        for timer in (self.put("late", boundary, host, timer=HOUR) for _ in range(2)):
            self.join((timer, merge))
        self.join((host, merge))
        return host, merge

    def _work(self) -> Ends:
        return (only := self.put("work", service, "test/work", amount="amount"), only)

    def _timer(self) -> Ends:
        return (only := self.put("wait", catch, timer=HOUR), only)

    def _never(self) -> Ends:
        return (only := self.put("never", catch, timer="nowhere"), only)

    def _message(self) -> Ends:
        return (only := self.put("told", catch, message="told", key='"k"'), only)

    def _receive(self) -> Ends:
        return (only := self.put("receive", catch_message, "told", '"k"'), only)

    def _throw(self) -> Ends:
        return (only := self.put("throw", send_task, "test/work", "told", amount="amount"), only)

    def _merge(self) -> str:
        return self.put("merge", gateway)

    def _race(self) -> Ends:
        which, merge = self.put("race", gateway, "eventBased"), self._merge()
        for event in (
            self.put("long", catch, timer=TWO_HOURS),
            self.put("short", catch, timer=HOUR),
            self.put("never", catch, timer="nowhere"),
            self.put("told", catch, message="told", key='"k"'),
        ):
            self.join((which, event), (event, merge))
        return which, merge

    def _late(self, interrupting: bool) -> Ends:
        return self._interrupted(interrupting, timer=HOUR)

    def _off(self, interrupting: bool) -> Ends:
        return self._interrupted(interrupting, message="told", key='"k"')

    def _chase(self, times: str) -> Ends:
        return self._interrupted(False, timer=f"R{times}/PT1H")

    def _interrupted(self, interrupting: bool, **how: str) -> Ends:
        host, merge = self.put("ask", user), self._merge()
        late = self.put("late", boundary, host, interrupting=interrupting, **how)
        remind = self.put("remind", user)
        self.join((host, merge), (late, remind), (remind, merge if interrupting else self.put("reminded", end)))
        return host, merge

    def _no(self) -> Ends:
        host, merge = self.put("work", service, "test/work", amount="amount"), self._merge()
        refused = self.put("refused", boundary, host, error="no")
        again = self.put("refused_ask", user)
        self.join((host, merge), (refused, again), (again, merge))
        return host, merge

    def _seq(self, *plans: Plan) -> Ends:
        ends = [self.block(plan) for plan in plans]
        for (_, last), (first, _) in pairwise(ends):
            self.join((last, first))
        return ends[0][0], ends[-1][1]

    def _split(self, kind: str, plans: tuple[Plan, ...], conditions: tuple[str, ...]) -> Ends:
        """A gateway of a kind over plans; where there are conditions, a default flow goes past them all."""
        split, merge = self.id("split"), self.put("merge", gateway, kind)
        default = f"flow_{split}_{merge}" if conditions else ""
        self.parts.append(gateway(split, kind, default))
        for plan, condition in zip(plans, conditions or ("",) * len(plans), strict=True):
            first, last = self.block(plan)
            self.join((split, first), condition=condition)
            self.join((last, merge))
        if default:
            self.join((split, merge))
        return split, merge

    def _xor(self, *plans: Plan) -> Ends:
        return self._split("exclusive", plans, (MUCH, "amount > 100")[: len(plans)])

    def _or(self, *plans: Plan) -> Ends:
        return self._split("inclusive", plans, ("amount > 100", "amount < 300")[: len(plans)])

    def _and(self, *plans: Plan) -> Ends:
        return self._split("parallel", plans, ())

    def _loop(self, plan: Plan) -> Ends:
        merge, out = self._merge(), self._merge()
        first, last = self.block(plan)
        ask, again = self.put("ask", user), self.id("again")
        self.parts.append(gateway(again, default=f"flow_{again}_{out}"))
        self.join((merge, first), (last, ask), (ask, again), (again, out))
        self.join((again, merge), condition=MUCH)
        return merge, out

    def _halt(self) -> Ends:
        ask, whether, out = self.put("ask", user), self.id("whether"), self._merge()
        self.parts.append(gateway(whether, default=f"flow_{whether}_{out}"))
        halted = self.put("halted", end, TERMINATE)
        self.join((ask, whether), (whether, out))
        self.join((whether, halted), condition=MUCH)
        return ask, out

    def _cut(self, plan: Plan, error: bool) -> Ends:
        fork, ask = self.put("fork", gateway, "parallel"), self.put("ask", user)
        first, last = self.block(plan)
        over = self.put("wrong", error_end, "no") if error else self.put("halted", end, TERMINATE)
        self.join((fork, first), (fork, ask), (ask, over))
        return fork, last

    def _surplus(self, a: Plan, b: Plan, kind: str) -> Ends:
        fork, one, two = self.put("fork", gateway, "parallel"), self._merge(), self._merge()
        join = self.put("join", gateway, kind)
        for plan, merge in ((("user",), one), (("user",), one), (a, two), (b, two)):
            first, last = self.block(plan)
            self.join((fork, first), (last, merge))
        self.join((one, join), (two, join))
        return fork, join

    def _strand(self, plan: Plan, kind: str) -> Ends:
        fork, join = self.put("fork", gateway, "parallel"), self.put("join", gateway, kind)
        first, last = self.block(plan)
        ask, whether = self.put("ask", user), self.id("whether")
        self.parts.append(gateway(whether, default=f"flow_{whether}_{join}"))
        self.join((fork, first), (last, join), (fork, ask), (ask, whether), (whether, join))
        self.join((whether, self.put("gone", end)), condition=MUCH)
        return fork, join

    def _nokey(self) -> Ends:
        return (only := self.put("nokey", catch, message="told", key="nowhere"), only)

    def _nolimit(self) -> Ends:
        return (only := self.put("ask", user, due="nowhere"), only)

    def _failing(self, plan: Plan) -> str:
        """The plan, after which a person may end in an error."""
        first, last = self.block(plan)
        ask, whether = self.put("ask", user), self.id("whether")
        ended, wrong = self.put("ended", end), self.put("wrong", error_end, "no")
        self.parts.append(gateway(whether, default=f"flow_{whether}_{ended}"))
        self.join((self.put("begun", start), first), (last, ask), (ask, whether), (whether, ended))
        self.join((whether, wrong), condition=MUCH)
        return "".join(self.parts)

    def _inside(self, plan: Plan, guard: str) -> str:
        return self.inner()._failing(plan) if guard == "error" else self.inner().whole(plan)

    def _guarded(self, host: str, guard: str, straight: bool) -> Ends:
        merge = self._merge()
        self.join((host, merge))
        if guard:
            then = caught = self.put("caught", boundary, host, **GUARDS[guard])
            if not straight:
                then = self.put("ask", user)
                self.join((caught, then))
            self.join((then, merge))
        return host, merge

    def _sub(self, plan: Plan, guard: str, straight: bool = False) -> Ends:
        host = self.id("sub")
        self.parts.append(sub_process(host, self._inside(plan, guard)))
        return self._guarded(host, guard, straight)

    def _call(self, plan: Plan, guard: str, straight: bool = False) -> Ends:
        key = f"{self.key}C{len(self.called)}"
        self.called[key] = ""
        self.called[key] = process(key, _Drawing(self.pen, self.called, key)._inside(plan, guard), **DECLARED)
        host = self.put("call", call, key, in_amount="amount", out_amount="amount")
        return self._guarded(host, guard, straight)

    def _each(
        self, plan: Plan, how: str, sequential: bool, until: bool, guard: str = "", straight: bool = False
    ) -> Ends:
        """A list that the last amount chooses, which may be none; each item begins with an amount of its own."""
        host = self.id("each")
        if how == "call":
            key = f"{self.key}C{len(self.called)}"
            self.called[key] = ""
            self.called[key] = process(key, _Drawing(self.pen, self.called, key)._inside(plan, guard), **DECLARED)
            activity = call(host, key, in_amount="amount", out_amount="amount")
        elif how == "sub":
            activity = sub_process(host, self._inside(plan, guard))
        elif how == "work":
            activity = service(host, "test/work", amount="amount + 100")
        else:
            activity = user(host, **self._marked(plan))
        names = {"inputElement": "amount", "outputCollection": "given", "outputElement": "amount"}
        ends = "numberOfCompletedInstances > 1" if until else ""
        self.parts.append(each(activity, LIST, sequential=sequential, until=ends, **names))
        return self._guarded(host, guard, straight)

    def _guarded_each(self, plan: Plan, how: str, sequential: bool, guard: str, straight: bool = False) -> Ends:
        return self._each(plan, how, sequential, False, guard, straight)


def _extended(activity: str, **values: str) -> str:
    return activity.replace("<bpmn:extensionElements>", f"<bpmn:extensionElements>{properties(**values)}", 1)


DECLARED: dict[str, Any] = {"errors": ("no",), "messages": ("told",)}


def drawn(plan: Plan, key: str = "P") -> definitions.Package:
    """The package of a plan."""
    called: dict[str, str] = {}
    limit = {"due": 'accepted_at + duration("PT4H")'} if plan[0] == "limited" else {}
    main = process(key, _Drawing([0], called, key).whole(plan[1] if limit else plan, **limit), **DECLARED)
    return package(key, main, **{f"{name}_bpmn": text for name, text in called.items()})


def _guarded(kind: str, inside: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    return st.tuples(st.just(kind), inside, st.sampled_from(("", *GUARDS)), st.booleans())


def _repeated(inside: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    either, guard = st.booleans(), st.sampled_from(tuple(GUARDS))
    small = st.tuples(st.just("each"), st.just(()), st.sampled_from(("user", "work")), either, either)
    marked = st.tuples(
        st.just("each"), st.tuples(st.sampled_from(("waits", "group", "met"))), st.just("user"), either, either
    )
    large = st.tuples(st.just("each"), inside, st.sampled_from(("sub", "call")), either, either)
    guarded = st.tuples(st.just("guarded_each"), inside, st.sampled_from(("sub", "call")), either, guard, either)
    return st.one_of(small, marked, large, guarded)


def _cut(inside: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    return st.tuples(st.just("cut"), inside, st.booleans())


def plans(depth: int = 3) -> st.SearchStrategy[Plan]:
    """Plans nested at most `depth` deep. What can wait on several branches at once stays out of loops, as the check demands."""
    return _plans(depth, False)


def lists(depth: int = 2) -> st.SearchStrategy[Plan]:
    """Plans around a list that a person's amount chooses."""
    return _repeated(_plans(depth, False)).map(lambda plan: ("seq", ("user",), plan))


def nested() -> st.SearchStrategy[Plan]:
    """Plans of an activity in an activity, which often end together."""
    return _nested(SINGLE)


def lost() -> st.SearchStrategy[Plan]:
    """Plans of what used to be lost: tokens that are too many or too few at a join, keys and limits that are nothing, messages that come again."""
    single = st.sampled_from((("user",), ("nokey",), ("nolimit",), ("off", False), ("work",), ("no",), ("timer",)))
    some = _one_of(single, single, _cut(single), st.tuples(st.just("seq"), single, single))
    joined = _joined(some, _one_of(single, _joined(single, single)))
    around = _one_of(joined, joined, _guarded("sub", joined), _guarded("call", joined))
    return around.map(lambda plan: ("seq", plan, ("user",)))


def _joined(one: st.SearchStrategy[Plan], other: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    kinds = st.sampled_from(("parallel", "inclusive"))
    surplus = st.tuples(st.just("surplus"), one, other, kinds)
    return _one_of(surplus, st.tuples(st.just("strand"), other, kinds))


def clocks() -> st.SearchStrategy[Plan]:
    """Plans of what waits: for the customer, for an answer from outside, for an instant, against a limit; much of it at once."""
    marked = st.lists(st.sampled_from(tuple(MARKS)), max_size=2, unique=True).map(lambda marks: ("user", *marks))
    sends = st.tuples(st.just("send"), st.sampled_from(("", *GUARDS)))
    met = st.tuples(st.just("send"), st.just(""), st.just("met"))
    single = _one_of(
        SINGLE, st.just(("tie",)), st.just(("race",)), st.just(("user", "waits")), marked, marked, sends, met
    )
    two = _plans(1, False, single)
    waits = st.tuples(st.just("seq"), single, st.just(("user", "waits")), single)
    beside = st.tuples(st.just("and"), st.just(("user", "waits")), _one_of(two, waits), _one_of(_cut(waits), waits))
    found = st.lists(_one_of(_plans(2, False, single), _nested(single), beside, single), min_size=1, max_size=3)
    return _one_of(beside, found.map(lambda some: ("seq", *some))).flatmap(_perhaps_limited)


def _perhaps_limited(plan: Plan) -> st.SearchStrategy[Plan]:
    return st.sampled_from((plan, ("limited", plan), ("limited", plan)))


def _nested(single: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    found = single
    for _level in range(2):
        activity = _one_of(_guarded("sub", found), _guarded("call", found), _repeated(found))
        found = _one_of(activity, _cut(activity))
    return found.map(lambda plan: ("seq", plan, ("user",)))


def _one_of(*some: st.SearchStrategy[Plan]) -> st.SearchStrategy[Plan]:
    """Each as often as the others, of however many kinds it is itself."""
    return st.sampled_from(some).flatmap(lambda chosen: chosen)


SINGLE = st.sampled_from(
    (
        *(("user",), ("work",), ("timer",), ("never",), ("message",), ("race",)),
        *(("receive",), ("throw",), ("late", True), ("late", False), ("off", True), ("off", False), ("no",), ("halt",)),
        *(("chase", "3"), ("chase", "")),
    )
)


def _plans(depth: int, looping: bool, single: st.SearchStrategy[Plan] = SINGLE) -> st.SearchStrategy[Plan]:
    if not depth:
        return single
    inside, apart = _plans(depth - 1, looping, single), _plans(depth - 1, False, single)
    found = [
        single,
        st.lists(inside, min_size=2, max_size=3).map(lambda some: ("seq", *some)),
        st.tuples(st.just("xor"), inside, inside),
        st.tuples(st.just("loop"), _plans(depth - 1, True, single)),
        _guarded("sub", apart),
        _guarded("call", apart),
        _repeated(apart),
    ]
    if not looping:
        found += [st.tuples(st.just("and"), inside, inside), st.tuples(st.just("or"), inside, inside), _cut(inside)]
    return st.one_of(found)
