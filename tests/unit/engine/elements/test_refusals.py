"""A refusal is told before anything is completed, at the field it is about; one that nobody has just caused goes the way the diagram draws."""

from __future__ import annotations

from datetime import datetime

import pytest
from marshmallow import Schema, fields, validate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, definitions, language, proof, published
from engine.elements.entered import EntryRefused
from engine.runtime import BpmnError, Call, handler, handlers
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, call, end, flow, gateway, package, path, process, service, start, user


class _Given(Schema):
    sum = fields.Integer(required=True, validate=validate.Range(max=90_000))
    limit = fields.Integer(load_default=10_000)


ABOUT = {"too_much": ("sum",), "closed": ()}


@pytest.fixture(autouse=True)
def paying(runtime: engine.runtime.Runtime) -> None:
    """A service task that refuses because of one parameter."""
    runtime.serve(_pay)


@handler("test/pay", parameters=_Given, result=_Given, errors=ABOUT, title_zh="付", title_en="Pay")
def _pay(parameters: dict[str, int], call: Call) -> dict[str, int]:
    if parameters["sum"] == 777:
        raise BpmnError("closed")
    if parameters["sum"] > parameters["limit"]:
        raise BpmnError("too_much", amount=parameters["sum"], left=parameters["limit"])
    return parameters


PAYMENT = process(
    "PAY",
    start(),
    user("ask"),
    service("pay", "test/pay", sum="amount"),
    boundary("refused", "pay", error="too_much"),
    boundary("shut", "pay", error="closed"),
    user("explain"),
    end(),
    path("begun", "ask", "pay", "finished"),
    flow("refused", "explain"),
    flow("shut", "explain"),
    flow("explain", "finished"),
    errors=("too_much", "closed"),
)


def begin(drawn: str | definitions.Package, at: datetime, **variables: object) -> int:
    """The first task of a case."""
    content = drawn if isinstance(drawn, definitions.Package) else package("PAY", drawn)
    published.publish(content, by=SAM, note="", at=at)
    begun = cases.start(content.key, business_key="AJ-1", variables=variables, by=CLEO, at=at)
    return begun.user_task_ids[0]


def state(database: Session, element: str) -> str | None:
    return database.scalar(select(UserTask.state).where(UserTask.element_id == element))


def test_a_refusal_comes_back_at_the_field_and_nothing_is_recorded(database: Session, at: datetime) -> None:
    """The field that the refused parameter names, the code and its amounts; the task is open and the history as it was."""
    task = begin(PAYMENT, at)
    with pytest.raises(EntryRefused) as told:
        cases.complete(task, form={"amount": "500"}, by=CLEO, at=at)
    assert told.value.reasons == {"amount": [language.Reason("too_much", {"amount": 50_000, "left": 10_000})]}
    assert (told.value.values["element"], told.value.values["caught_by"]) == ("pay", "refused")
    assert told.value.values["caught_in"] == "PAY"
    assert state(database, "ask") == "open"
    assert len(list(proof.entries(1))) == 1


def test_one_who_was_told_may_record_it_all_the_same(database: Session, at: datetime) -> None:
    """The refusal then takes the way the diagram draws, says so in the answer, and is verified by doing it again."""
    task = begin(PAYMENT, at)
    done = cases.complete(task, form={"amount": "500"}, by=CLEO, at=at, despite=["too_much"])
    assert [step["code"] for step in done.troubles] == ["too_much"]
    assert state(database, "explain") == "open"
    assert proof.verify(1) == []


def test_a_request_that_comes_twice_hears_of_the_refusal_twice(database: Session, at: datetime) -> None:
    """The answer to a repeated request does not call done what was refused."""
    task = begin(PAYMENT, at)
    twice = [
        cases.complete(task, form={"amount": "500"}, by=CLEO, at=at, despite=["too_much"], key="k") for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert twice[1].troubles


def test_a_finding_about_no_parameter_goes_its_way(database: Session, at: datetime) -> None:
    """What is right and all the same comes to a no is completed and goes on at once."""
    done = cases.complete(begin(PAYMENT, at), form={"amount": "7.77"}, by=CLEO, at=at)
    assert [step["code"] for step in done.troubles] == ["closed"]
    assert state(database, "explain") == "open"


def test_what_a_handler_cannot_take_is_told_as_well(database: Session, at: datetime) -> None:
    """A value beyond the parameter's own limits is no incident for the operator, but a field to correct."""
    with pytest.raises(EntryRefused) as told:
        cases.complete(begin(PAYMENT, at), form={"amount": "950"}, by=CLEO, at=at)
    assert told.value.reasons == {"amount": [language.Reason("InvalidParameters")]}


def test_what_was_entered_earlier_is_not_told_of(database: Session, at: datetime) -> None:
    """A later step that did not enter the value is completed; the refusal is in its answer."""
    drawn = process(
        "PAY",
        start(),
        user("ask"),
        user("check", form="nothing"),
        service("pay", "test/pay", sum="amount"),
        boundary("refused", "pay", error="too_much"),
        user("explain"),
        end(),
        path("begun", "ask", "check", "pay", "finished"),
        path("refused", "explain", "finished"),
        errors=("too_much",),
    )
    nothing = (
        '{"type": "default", "id": "nothing", "components": [{"type": "textfield", "key": "seen", "label": "看"}]}'
    )
    content = package("PAY", drawn, {"forms/nothing.form": nothing})
    check = cases.complete(begin(content, at), form={"amount": "500"}, by=CLEO, at=at).user_task_ids[0]
    done = cases.complete(check, form={"seen": "1"}, by=CLEO, at=at)
    assert [step["code"] for step in done.troubles] == ["too_much"]


TRYING = process(
    "PAY",
    start(),
    user("ask", tries="pay"),
    user("check", form="free"),
    service("pay", "test/pay", sum="amount"),
    boundary("refused", "pay", error="too_much"),
    end(),
    path("begun", "ask", "check", "pay", "finished"),
    flow("refused", "ask"),
    errors=("too_much",),
)


def test_a_step_may_try_what_comes_later(database: Session, at: datetime) -> None:
    """The later service task is carried out for what is being entered and undone; told here, not two steps on."""
    task = begin(TRYING, at)
    with pytest.raises(EntryRefused):
        cases.complete(task, form={"amount": "500"}, by=CLEO, at=at)
    cases.complete(task, form={"amount": "50"}, by=CLEO, at=at)
    assert [step["type"] for step in list(proof.entries(1))[-1].steps] == [
        "user_task_completed",
        "flow_taken",
        "user_task_created",
    ]


CALLED = process(
    "INNER",
    start(),
    service("pay", "test/pay", sum="given"),
    end("inner_end"),
    path("begun", "pay", "inner_end"),
)


@pytest.mark.parametrize("tries", ["", "inner:pay"])
def test_a_value_is_followed_into_a_called_process(database: Session, at: datetime, tries: str) -> None:
    """Under the name the call gives it; whether the call comes at once, or is tried."""
    drawn = process(
        "PAY",
        start(),
        user("ask", **({"tries": tries} if tries else {})),
        *([user("later", form="free")] if tries else []),
        call("inner", "INNER", in_given="amount * 2"),
        end(),
        path("begun", "ask", *(["later"] if tries else []), "inner", "finished"),
    )
    task = begin(package("PAY", drawn, INNER_bpmn=CALLED), at)
    with pytest.raises(EntryRefused) as told:
        cases.complete(task, form={"amount": "60"}, by=CLEO, at=at)
    assert told.value.reasons["amount"][0].values == {"amount": 12_000, "left": 10_000}
    assert database.scalar(select(func.count()).select_from(UserTask).where(UserTask.state == "open")) == 1


def test_a_result_of_the_same_name_is_nobodys_entry(database: Session, at: datetime) -> None:
    """Once a service has written the variable, what is refused was not entered here."""
    drawn = process(
        "PAY",
        start(),
        user("ask"),
        service("first", "test/pay", "amount", sum="100", limit="100"),
        service("pay", "test/pay", sum="amount.sum", limit="50"),
        boundary("refused", "pay", error="too_much"),
        gateway("again"),
        end(),
        path("begun", "ask", "first", "pay", "again", "finished"),
        flow("refused", "again"),
        errors=("too_much",),
    )
    done = cases.complete(begin(drawn, at), form={"amount": "1"}, by=CLEO, at=at)
    assert done.ended
    assert [step["code"] for step in done.troubles] == ["too_much"]


def test_a_refusal_is_declared_about_parameters_there_are() -> None:
    """A name that the topic does not take is a programming error."""
    with pytest.raises(ValueError, match="summ"):
        handler("test/wrong", parameters=_Given, result=_Given, errors={"no": ("summ",)}, title_zh="", title_en="")(
            _pay
        )


BOTH = process(
    "PAY",
    start(),
    user("ask", form="two", tries="first, second", triesWhen='reason != "later"'),
    service("first", "test/pay", sum="amount"),
    service("second", "test/pay", sum="other"),
    end(),
    path("begun", "ask", "first", "second", "finished"),
)
TWO = (
    '{"type": "default", "id": "two", "components": ['
    '{"type": "number", "key": "amount", "label": "一", "decimalDigits": 2, "validate": {"required": true}, "properties": {"unit": "fen"}},'
    '{"type": "number", "key": "other", "label": "二", "decimalDigits": 2, "validate": {"required": true}, "properties": {"unit": "fen"}},'
    '{"type": "textfield", "key": "reason", "label": "因", "validate": {"required": true}}]}'
)


def refused(database: Session, at: datetime, **form: str) -> dict[str, list[str]]:
    """The codes that a form of two amounts is refused with, by field."""
    task = begin(package("PAY", BOTH, {"forms/two.form": TWO}), at)
    with pytest.raises(language.InvalidForm) as told:
        cases.complete(task, form=form, by=CLEO, at=at)
    assert state(database, "ask") == "open"
    return {field: [one.code for one in found] for field, found in told.value.reasons.items()}


def test_everything_that_is_wrong_is_told_at_once(database: Session, at: datetime) -> None:
    """What two later steps would refuse, each at its field."""
    found = refused(database, at, amount="500", other="600", reason="x")
    assert found == {"amount": ["too_much"], "other": ["too_much"]}


def test_what_would_be_refused_is_told_beside_what_is_wrong_by_itself(database: Session, at: datetime) -> None:
    """A field that is empty and one that cannot be read keep no refusal of another back."""
    assert refused(database, at, amount="500", other="x") == {
        "amount": ["too_much"],
        "other": ["not_a_number"],
        "reason": ["required"],
    }


def test_what_is_not_asked_for_is_not_tried(database: Session, at: datetime) -> None:
    """A condition over what is being entered says when a later step is tried; what comes now is refused all the same."""
    assert refused(database, at, amount="500", other="600", reason="later") == {"amount": ["too_much"]}


def test_one_step_may_say_no_to_several_things(database: Session, at: datetime) -> None:
    """Each at its field; the first is the one that may be recorded."""
    about = {"too_much": ("sum",), "too_late": ("limit",)}

    @handler("test/no", parameters=_Given, result=_Given, errors=about, title_zh="不", title_en="No")
    def no(parameters: dict[str, int], call: Call) -> dict[str, int]:
        raise handlers.together(BpmnError("too_much", amount=1, left=0), BpmnError("too_late"))

    engine.runtime.current().serve(no)
    drawn = process(
        "PAY",
        start(),
        user("ask", form="two"),
        service("pay", "test/no", sum="amount", limit="other"),
        boundary("refused", "pay", error="too_much"),
        end(),
        path("begun", "ask", "pay", "finished"),
        flow("refused", "finished"),
        errors=("too_much",),
    )
    task = begin(package("PAY", drawn, {"forms/two.form": TWO}), at)
    with pytest.raises(EntryRefused) as told:
        cases.complete(task, form={"amount": "1", "other": "2", "reason": "x"}, by=CLEO, at=at)
    assert {field: found[0].code for field, found in told.value.reasons.items()} == {
        "amount": "too_much",
        "other": "too_late",
    }
    assert told.value.values["code"] == "too_much"
