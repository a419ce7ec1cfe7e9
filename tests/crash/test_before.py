"""An office of an earlier version goes on: its cases stand at steps of processes that are older than what is in force now."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cli.database import bring_up_to_date
from cli.publication import PROCESSES, publish_all
from engine import proof, published, record, running
from models.base import session
from models.billing import Refund
from models.identity import Department
from models.instance import ProcessInstance
from office import verification
from office.scenarios import Scenario, balances
from office.scenarios.player import instant
from tests.support.actors import OLU
from tests.support.rounds import Round
from web import create_app
from web.edge import config
from web.edge.application import Office

BEFORE = Path(__file__).parent / "office-before"
CASES: list[dict[str, Any]] = json.loads((BEFORE / "cases.json").read_text(encoding="utf-8"))
UPDATED = instant("2026-03-02T12:00:00+08:00")


class Continued(Round):
    """A case that began in the earlier office, from the step at which it stands there; `left` is what its clerk still does, in order. A batch of `batches` has been run."""

    def __init__(self, case: Mapping[str, Any], batches: set[tuple[str, str]]) -> None:
        scenario = Scenario(process=case["process"], name=case["case"], expect=case["expect"])
        super().__init__(scenario, lambda _: None)
        self.clock, self.accounts, self.batches = instant(case["at"]), case["accounts"], batches
        self.left: list[dict[str, Any]] = list(case["steps"])
        query = select(ProcessInstance.id).where(ProcessInstance.business_key == case["case"])
        self.instance_id = session().scalars(query).one()

    def go_on(self) -> None:
        """Do the next step. A reply that names what is paid only later is asked about since, and goes out once that is confirmed."""
        step = self.left.pop(0)
        if "message" in step:
            if (batch := (step["message"], step["key"])) in self.batches:
                return  # another case's batch has released this one as well
            self.batches.add(batch)
        try:
            self.do(step)
        except running.Doubted:  # confirmed below for this reason alone: another is raised again
            self.do({**step, "despite": "amount_not_given"})

    def money(self) -> dict[str, int]:
        """What the case has changed since before its first step, account by account of its numbers, and its cash, in fen."""
        now = balances.all_accounts()
        changes = {name: now[name] - before for name, before in self.accounts.items() if now[name] != before}
        query = select(func.sum(Refund.amount)).where(Refund.case_number == self.scenario.name, Refund.method == "cash")
        cash = session().scalar(query)
        return changes | ({"cash": -int(cash)} if cash else {})


@pytest.fixture
def office_of_before(tmp_path: Path) -> Iterator[Office]:
    """The office of before under the software of now: brought up to date as `./desk run` does it, and then today's processes in force beside its own."""
    database = tmp_path / "office.db"
    database.write_bytes(lzma.decompress((BEFORE / "office.db.xz").read_bytes()))
    keys = record.Keys(master=b"m" * 32, signing=b"s" * 32)
    app = create_app(config.Settings(f"sqlite:///{database}", tmp_path, secret_key=b"k" * 32, keys=keys))
    bring_up_to_date(app)
    assert publish_all(app) == [], "an office that has processes gets none by itself"
    with app.app_context():
        published.publish_directory(PROCESSES, by=OLU, note="", at=UPDATED)
        yield app


def versions_by_case() -> dict[int, int]:
    """The definition that each case runs on, by ids."""
    return {
        row.id: row.definition_id
        for row in session().execute(select(ProcessInstance.id, ProcessInstance.definition_id))
    }


def test_an_office_of_before_goes_on_with_its_open_cases(office_of_before: Office) -> None:
    """A case of TS-001, TS-002, TS-005 or TS-008, whatever its step, ends on its own version with the money it was agreed to move, and all of it verifies; departments that are written to since are there."""
    assert {"security", "department_head"} <= set(session().scalars(select(Department.code)))
    batches: set[tuple[str, str]] = set()
    open_cases = [Continued(case, batches) for case in CASES]
    deviations = [verdict.deviations for verdict in verification.verify_each(proof.every_instance())]
    assert [*filter(None, deviations), *verification.verify_office()] == []
    versions = versions_by_case()
    while rest := [case for case in open_cases if case.left]:
        min(rest, key=lambda case: case.clock).go_on()
    for case in open_cases:
        name, expected = case.scenario.name, case.scenario.expect
        assert expected["end"] in case.ends(), name
        assert case.money() == expected["ledger"], name
        assert not proof.marking(case.instance_id).active, name
    assert versions_by_case().items() >= versions.items()
    deviations = [verdict.deviations for verdict in verification.verify_each(proof.every_instance())]
    assert [*filter(None, deviations), *verification.verify_office()] == []
