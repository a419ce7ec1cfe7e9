"""The processes that are measured, as packages: the benchmark process at several lengths, loops, parallel timers, a disputed payment.

docs/explanation/benchmark.md says what each stands for.
"""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from bench.drawing import (
    boundary,
    catch,
    decide,
    each,
    end,
    flow,
    gateway,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)
from engine import definitions

GROUP = "service_hall"
TASKS_PER_ROUND = 6
FORM = json.dumps(
    {
        "type": "default",
        "id": "bench",
        "components": [
            {"type": "number", "key": "amount", "label": "金额", "properties": {"label_en": "Amount", "unit": "fen"}},
            {"type": "textfield", "key": "note", "label": "备注", "properties": {"label_en": "Note"}},
        ],
    },
    ensure_ascii=False,
)
WHO_BEARS = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="who_bears" name="who_bears" namespace="bench">
<decision id="who_bears" name="Who bears a disputed position"><decisionTable hitPolicy="FIRST">
<input id="reason"><inputExpression><text>position.reason</text></inputExpression></input>
<input id="disputed"><inputExpression><text>amount</text></inputExpression></input>
<output id="bearer" name="bearer"/>%s</decisionTable></decision></definitions>"""
BEARERS = [
    ('"unknown merchant"', "<= 5000000", '"bank"'),
    ('"unknown merchant"', "-", '"to be examined"'),
    ('"charged twice"', "-", '"merchant"'),
    ('"wrong amount"', "> 100", '"merchant"'),
    ("-", "-", '"customer"'),
]
ENTERED = {"amount": "128.50", "note": "核对无误"}


def complaint(data_bytes: int = 1_000) -> dict[str, Any]:
    """Return the variables a case starts with: a complaint and filling text up to about `data_bytes`."""
    variables = {
        "msisdn": "13900000001",
        "complaint_text": "帐单多收了功能费",
        "disputed_amount": 12_850,
        "repeated": False,
    }
    return {**variables, "evidence": "话" * max(0, (data_bytes - 200) // 3)}


def dispute(data_bytes: int = 11_000, positions: int = 5) -> dict[str, Any]:
    """Return the variables of a disputed payment: a complaint, and so many positions of a statement, of which every second one is not disputed."""
    reasons = ["unknown merchant", "charged twice", "wrong amount"]
    lines = [
        {"number": n, "amount": 2_000 * n, "reason": reasons[n % 3], "disputed": n % 2 == 1}
        for n in range(1, positions + 1)
    ]
    return {**complaint(data_bytes), "positions": lines}


def benchmark(times: int = 1) -> definitions.Package:
    """Return a process of six user tasks, two exclusive gateways, two service tasks and a timer on a user task; the whole `times` times in a row."""
    nodes, flows, before = [start(due='accepted_at + duration("PT24H")')], [], "begun"
    for turn in range(times):
        round_nodes, inner, first, last = _round(f"r{turn}_")
        nodes += round_nodes
        flows += [flow(before, first), *inner]
        before = last
    return _package("BENCH" if times == 1 else f"BENCH-{times}", *nodes, end(), *flows, flow(before, "finished"))


def _round(prefix: str) -> tuple[list[str], list[str], str, str]:
    def named(name: str) -> str:
        return prefix + name

    tasks = ["accept", "judge", "verify", "approve", "pay_out", "reply"]
    nodes = [user(named(task), form="bench", due='accepted_at + duration("PT4H")') for task in tasks]
    nodes += [
        gateway(named("ours"), default=named("flow_ours")),
        gateway(named("cash"), default=named("flow_cash")),
        service(
            named("assess"),
            "liability/assess",
            result="liability",
            right_charge="0",
            charged="amount",
            cause='"system"',
        ),
        service(
            named("assess_again"),
            "liability/assess",
            result="liability",
            right_charge="0",
            charged="amount",
            cause='"system"',
        ),
        boundary(named("remind"), named("approve"), timer='duration("P1D")', interrupting=False),
        end(named("reminded")),
    ]
    flows = [
        path(*map(named, ("accept", "judge", "ours"))),
        flow(named("ours"), named("verify"), id=named("flow_ours")),
        flow(named("ours"), named("reply"), "amount < 0", id=named("flow_not_ours")),
        path(*map(named, ("verify", "assess", "approve", "cash"))),
        flow(named("cash"), named("pay_out"), id=named("flow_cash")),
        flow(named("cash"), named("reply"), "amount > 99999999", id=named("flow_not_cash")),
        path(*map(named, ("pay_out", "assess_again", "reply"))),
        flow(named("remind"), named("reminded")),
    ]
    return nodes, flows, named("accept"), named("reply")


def loop() -> definitions.Package:
    """Return one user task that goes round until somebody enters an amount below one fen; it asks the same question any number of times."""
    return _package(
        "LOOP",
        start(),
        gateway("again"),
        user("ask", form="bench"),
        gateway("enough", default="flow_more"),
        end(),
        path("begun", "again", "ask", "enough"),
        flow("enough", "again", id="flow_more"),
        flow("enough", "finished", "amount < 1", id="flow_enough"),
    )


def timers() -> definitions.Package:
    """Return a timer that fires every day beside a user task that stays open."""
    return _package(
        "TIMERS",
        start(),
        gateway("both", "parallel"),
        user("wait", form="bench"),
        end("answered"),
        gateway("next_day"),
        catch("day", timer='duration("P1D")'),
        gateway("go_on", default="flow_go_on"),
        end("stopped"),
        path("begun", "both", "wait", "answered"),
        path("both", "next_day", "day", "go_on"),
        flow("go_on", "next_day", id="flow_go_on"),
        flow("go_on", "stopped", "amount != null", id="flow_stop"),
    )


def disputed_payment() -> definitions.Package:
    """Return a bank's disputed payment: two levels of sub-process, the inner one for each disputed position with a decision table, an event gateway with a two-day timer."""
    return _package(
        "DISPUTE",
        start(due='accepted_at + duration("PT24H")'),
        user("accept", form="bench"),
        _investigation(),
        gateway("ours", default="flow_ours"),
        user("credit", form="bench"),
        user("decline", form="bench"),
        end(),
        path("begun", "accept", "investigate", "ours"),
        flow("ours", "credit", id="flow_ours"),
        flow("ours", "decline", 'every one in findings satisfies one = "customer"', id="flow_not_ours"),
        path("credit", "finished"),
        path("decline", "finished"),
        messages=("bank_answered",),
        decisions={"who_bears": WHO_BEARS % _rules(BEARERS)},
    )


def _examination() -> str:
    """Return the part in which each disputed position is looked at, decided and assessed."""
    examined = sub_process(
        "examine",
        start("examine_begun"),
        user("check_position", form="bench"),
        decide("bears", "who_bears", "bearer"),
        service("price", "liability/assess", result="liability", right_charge="0", charged="amount", cause='"system"'),
        end("examined"),
        path("examine_begun", "check_position", "bears", "price", "examined"),
    )
    return each(
        examined, "positions[disputed]", inputElement="position", outputCollection="findings", outputElement="bearer"
    )


def _investigation() -> str:
    return sub_process(
        "investigate",
        start("investigate_begun"),
        user("collect", form="bench"),
        _examination(),
        gateway("wait_for_bank", "eventBased"),
        catch("answered", message="bank_answered", key="msisdn"),
        catch("two_days", timer='duration("P2D")'),
        gateway("either"),
        end("investigated"),
        path("investigate_begun", "collect", "examine", "wait_for_bank", "answered", "either", "investigated"),
        path("wait_for_bank", "two_days", "either"),
    )


def _rules(rows: list[tuple[str, str, str]]) -> str:
    def cell(kind: str, text: str) -> str:
        return f"<{kind}><text>{escape(text)}</text></{kind}>"

    rules = []
    for number, (*conditions, answer) in enumerate(rows, start=1):
        cells = "".join(cell("inputEntry", text) for text in conditions) + cell("outputEntry", answer)
        rules.append(f'<rule id="rule_{number}">{cells}</rule>')
    return "".join(rules)


def _package(
    key: str, *nodes: str, messages: tuple[str, ...] = (), decisions: dict[str, str] | None = None
) -> definitions.Package:
    tables = {f"decisions/{name}.dmn": text for name, text in (decisions or {}).items()}
    diagram = process(key, *nodes, messages=messages)
    return definitions.Package(key=key, files={f"{key}.bpmn": diagram, "forms/bench.form": FORM, **tables})
