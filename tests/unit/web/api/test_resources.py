"""The REST API: the same verbs, permissions and checks as the pages; nothing without a token; errors a program and a person can read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema

import engine
from engine import proof
from engine.language import Reason
from office import notices, tokens
from tests.support import wording
from tests.support.actors import SAM
from tests.support.visitors import Caller
from web.api import schemas
from web.edge import addresses, field_names, problems
from web.edge.asgi.refusals import TEXTS as AT_THE_EDGE
from web.telling import reason_texts

NUMBER = "13900000201"
COMPLAINT = {
    "msisdn": NUMBER,
    "complaint_text": "多收了彩铃功能费,要求退费",
    "disputed_amount": 1000,
    "overrule_reason": "客户要求",
}


@pytest.fixture
def cleo(app: Flask) -> Caller:
    """The clerk of the service hall."""
    return Caller(app.test_client(), tokens.create("cleo", at=engine.now()))


@pytest.fixture
def nora(app: Flask) -> Caller:
    """Somebody of another department."""
    return Caller(app.test_client(), tokens.create("nora", at=engine.now()))


@pytest.fixture
def case(cleo: Caller) -> dict[str, Any]:
    """A complaint taken in by Cleo that goes through TS-002."""
    started = cleo.post("/processes/TS-002/instances", {"variables": COMPLAINT})
    assert started.status_code == 201, started.json
    document: dict[str, Any] = started.json
    return document


def task_id(case: dict[str, Any]) -> int:
    """The one open task of a case."""
    (found,) = case["user_task_ids"]
    return int(found)


@pytest.mark.parametrize("header", ["", "Bearer rd_nothing", "Basic Y2xlbzp4"])
def test_nobody_gets_in_without_a_token(app: Flask, header: str) -> None:
    """An unknown, missing or other kind of credential is refused in a form every HTTP client understands."""
    answer = app.test_client().get("/api/v1/tasks", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.mimetype == "application/problem+json"


def test_an_expired_token_is_refused(app: Flask) -> None:
    """A token of long ago does not open anything."""
    old = tokens.create("cleo", at=engine.now() - timedelta(days=2), lifetime=timedelta(days=1))
    assert Caller(app.test_client(), old).get("/tasks").status_code == 401


def test_the_description_names_every_path(app: Flask) -> None:
    """A client can be generated from /api/v1/openapi.json: it lists what there is, and that a bearer token is needed."""
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    assert set(document["paths"]) == {
        "/api/v1/processes/{key}/instances",
        "/api/v1/tasks",
        "/api/v1/tasks/{task_id}",
        "/api/v1/tasks/{task_id}/completion",
        "/api/v1/tasks/{task_id}/claim",
        "/api/v1/tasks/{task_id}/release",
        "/api/v1/instances/{instance_id}",
        "/api/v1/instances/{instance_id}/entries",
        "/api/v1/instances/{instance_id}/acts",
        "/api/v1/instances/{instance_id}/voiding",
        "/api/v1/instances/{instance_id}/withdrawal",
        "/api/v1/instances/{instance_id}/extensions",
        "/api/v1/instances/{instance_id}/reversals",
        "/api/v1/instances/{instance_id}/requests/{request_number}/grant",
        "/api/v1/instances/{instance_id}/requests/{request_number}/refusal",
        "/api/v1/instances/{instance_id}/tries",
        "/api/v1/instances/{instance_id}/unreached",
        "/api/v1/accounts/{msisdn}",
        "/api/v1/messages",
        "/api/v1/messages/{message_id}/outcome",
        "/api/v1/definitions",
        "/api/v1/definitions/{key}/versions/{version}",
    }
    assert document["security"] == [{"bearer": []}]
    for path in document["paths"].values():
        for operation in [path[method] for method in path.keys() - {"parameters"}]:
            assert {"401", *map(str, AT_THE_EDGE)} <= operation["responses"].keys()


def test_a_complaint_goes_from_start_to_its_first_task(cleo: Caller, case: dict[str, Any]) -> None:
    """What is started stands in the worklist of the department, with its number and its form."""
    page = cleo.get("/tasks").json
    assert page is not None
    assert [task["id"] for task in page["tasks"]] == case["user_task_ids"]
    task = cleo.get(f"/tasks/{task_id(case)}").json
    assert task is not None
    assert (task["element_id"], task["state"], task["case_number"]) == ("judge_cause", "open", case["case_number"])
    assert "finding" in [field["key"] for field in task["form"]]


def test_a_task_is_completed_with_what_was_typed(cleo: Caller, case: dict[str, Any]) -> None:
    """A clerk's program can do the step that the clerk would do, and sees what comes next."""
    form = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "10.00"}
    done = cleo.post(f"/tasks/{task_id(case)}/completion", {"form": form})
    assert done.status_code == 200, done.json
    assert done.json is not None
    (following,) = done.json["user_task_ids"]
    shown = cleo.get(f"/tasks/{following}").json
    assert shown is not None
    assert shown["element_id"] == "reply_with_explanation"


def test_a_refused_form_says_why_by_field(cleo: Caller, case: dict[str, Any]) -> None:
    """Wrong values come back with field, code and text; the task is open as before."""
    refused = cleo.post(f"/tasks/{task_id(case)}/completion", {"form": {"finding": "nonsense", "extra": "1"}})
    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["code"] == "InvalidForm"
    assert {field: [one["code"] for one in found] for field, found in refused.json["reasons"].items()}.items() >= {
        "finding": ["not_an_option"],
        "extra": ["unknown_field"],
    }.items()
    assert cleo.get(f"/tasks/{task_id(case)}").json["state"] == "open"  # type: ignore[index]


def test_a_task_is_completed_once(cleo: Caller, case: dict[str, Any]) -> None:
    """A second completion changes nothing and says so."""
    form = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "10.00"}
    cleo.post(f"/tasks/{task_id(case)}/completion", {"form": form})
    again = cleo.post(f"/tasks/{task_id(case)}/completion", {"form": form})
    assert (again.status_code, again.json and again.json["code"]) == (409, "AlreadyCompleted")


def test_a_request_with_a_key_may_be_sent_twice(app: Flask, cleo: Caller, case: dict[str, Any]) -> None:
    """The second is answered as the first and does nothing; under the key nobody else and nothing else gets in."""
    form = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "10.00"}
    path, key = f"/tasks/{task_id(case)}/completion", {"Idempotency-Key": "k-1"}
    first = cleo.post(path, {"form": form}, **key)
    entries = len(proof.entries(case["instance_id"]))
    assert (cleo.post(path, {"form": form}, **key).status_code, first.status_code) == (200, 200)
    assert cleo.post(path, {"form": form}, **key).json == first.json
    assert len(proof.entries(case["instance_id"])) == entries
    cora = Caller(app.test_client(), tokens.create("cora", at=engine.now()))
    others = [
        cora.post(path, {"form": form}, **key),
        cleo.post(path, {"form": form}, **{"Idempotency-Key": "k-2"}),
        cleo.post(path, {"form": {**form, "disputed_amount": "11.00"}}, **key),
    ]
    assert [one.status_code for one in others] == [409, 409, 422]
    assert others[-1].json["code"] == "KeyUsedAgain"  # type: ignore[index]
    assert proof.verify(case["instance_id"]) == []


def test_a_key_used_again_for_another_complaint_is_refused(cleo: Caller) -> None:
    """A program that gives two complaints one key has lost count; the second is not taken in as if it were meant."""
    key = {"Idempotency-Key": "k-1"}
    first = cleo.post("/processes/TS-002/instances", {"variables": COMPLAINT}, **key)
    assert (
        cleo.post("/processes/TS-002/instances", {"variables": COMPLAINT}, **key).json["case_number"]  # type: ignore[index]
        == first.json["case_number"]  # type: ignore[index]
    )
    for place, change in (("TS-002", {"disputed_amount": 1100}), ("TS-001", {})):
        refused = cleo.post(f"/processes/{place}/instances", {"variables": {**COMPLAINT, **change}}, **key)
        assert (refused.status_code, refused.json and refused.json["code"]) == (422, "KeyUsedAgain")
    assert len(cleo.get("/tasks").json["tasks"]) == 1  # type: ignore[index]


@pytest.mark.parametrize("process", ["CH-002", "TS-002"])
def test_a_complaint_that_is_too_long_is_told_so(cleo: Caller, process: str) -> None:
    """So many characters are allowed; nothing about expressions, which the caller did not write."""
    long = {"variables": {**COMPLAINT, "complaint_text": "长" * 20_000}}
    refused = cleo.post(f"/processes/{process}/instances", long)
    assert refused.status_code == 422
    assert refused.json is not None
    assert {field: [one["text"] for one in found] for field, found in refused.json["reasons"].items()} == {
        "text": ["At most 4000 characters."]
    }


def test_nora_sees_nothing_of_ours(nora: Caller, case: dict[str, Any]) -> None:
    """Another department finds neither the task nor the case nor the customer, and may not act."""
    assert nora.get("/tasks").json == {"tasks": [], "next": None}
    for path in (
        f"/tasks/{task_id(case)}",
        f"/instances/{case['instance_id']}",
        f"/instances/{case['instance_id']}/entries",
    ):
        assert nora.get(path).status_code == 403
    assert nora.get(f"/accounts/{NUMBER}").status_code == 403
    for verb in ("claim", "release", "completion"):
        assert nora.post(f"/tasks/{task_id(case)}/{verb}").status_code == 403
    assert nora.post("/processes/TS-002/instances", {"variables": COMPLAINT}).status_code == 403


def test_a_claimed_task_is_its_claimers(app: Flask, cleo: Caller, case: dict[str, Any]) -> None:
    """A colleague cannot take what is taken, until it is given back."""
    cora = Caller(app.test_client(), tokens.create("cora", at=engine.now()))
    assert cleo.post(f"/tasks/{task_id(case)}/claim").json["assignee"] == "cleo"  # type: ignore[index]
    refused = cora.post(f"/tasks/{task_id(case)}/claim")
    assert (refused.status_code, refused.json and refused.json["code"]) == (409, "ClaimedByAnother")
    assert cleo.post(f"/tasks/{task_id(case)}/release").json["assignee"] is None  # type: ignore[index]
    assert cora.post(f"/tasks/{task_id(case)}/claim").status_code == 200


def test_where_a_case_stands_and_its_history(cleo: Caller, case: dict[str, Any]) -> None:
    """The instance shows its tokens; its entries come in order, chained, and can be read on from where one stopped."""
    instance = cleo.get(f"/instances/{case['instance_id']}").json
    assert instance is not None
    assert (instance["state"], [task["id"] for task in instance["tasks"]]) == ("active", case["user_task_ids"])
    entries = cleo.get(f"/instances/{case['instance_id']}/entries").json
    assert isinstance(entries, list)
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0]["steps"][0]["type"] == "instance_started"
    assert cleo.get(f"/instances/{case['instance_id']}/entries", after=len(entries)).json == []


def test_an_account_in_fen(cleo: Caller) -> None:
    """Balances are integers; a number that nobody has is not found."""
    account = cleo.get(f"/accounts/{NUMBER}").json
    assert account is not None
    assert all(isinstance(account[name], int) for name in ("prepayment", "bill_due", "late_fee", "deposit", "held"))
    assert cleo.get("/accounts/13911111111").status_code == 404


def test_definitions_and_one_version(cleo: Caller) -> None:
    """Every published version is listed, and one can be read whole."""
    listed = cleo.get("/definitions").json
    assert isinstance(listed, list)
    assert {("TS-002", 1), ("CH-002", 1)} <= {(one["key"], one["version"]) for one in listed}
    version = cleo.get("/definitions/TS-002/versions/1").json
    assert version is not None
    assert "<bpmn:definitions" in version["xml"]
    assert "judge_cause" in [element["id"] for element in version["elements"]]
    assert cleo.get("/definitions/TS-002/versions/99").status_code == 404


def test_only_complaints_begin_cases(cleo: Caller) -> None:
    """A process that another one calls, or a date begins, cannot be begun by hand; an unknown one is unknown."""
    refused = cleo.post("/processes/BATCH-001/instances", {"variables": COMPLAINT})
    assert (refused.status_code, refused.json and refused.json["code"]) == (403, "BeginsElsewhere")
    assert cleo.post("/processes/TS-999/instances", {"variables": COMPLAINT}).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"msisdn": "12"}, "msisdn"),
        ({"complaint_text": " "}, "text"),
        ({"disputed_amount": -1}, "disputed_amount"),
        ({"disputed_amount": 1.5}, "variables.disputed_amount"),
        ({"cause_verified": True}, "variables.cause_verified"),
    ],
)
def test_a_start_is_checked_as_at_the_counter(cleo: Caller, change: dict[str, Any], field: str) -> None:
    """Neither a wrong number nor a negative amount nor a variable that only processes set begins a case."""
    refused = cleo.post("/processes/TS-002/instances", {"variables": {**COMPLAINT, **change}})
    assert (refused.status_code, list(refused.json["reasons"])) == (422, [field])  # type: ignore[index]
    assert cleo.get("/tasks").json == {"tasks": [], "next": None}


def test_intake_suggests_when_no_process_is_named(cleo: Caller) -> None:
    """Through CH-002 the suggested process is confirmed, as at the counter when the clerk agrees."""
    started = cleo.post("/processes/CH-002/instances", {"variables": {**COMPLAINT, "overrule_reason": ""}})
    assert started.status_code == 201, started.json
    assert started.json is not None
    assert started.json["case_number"]


def test_an_unread_notice_comes_first(app: Flask, cleo: Caller) -> None:
    """A clerk's program cannot take the next case past a notice the clerk has not confirmed (CH1.6)."""
    notices.publish("交换机故障,统一口径如下", by=SAM, at=engine.now())
    refused = cleo.post("/processes/TS-002/instances", {"variables": COMPLAINT})
    assert (refused.status_code, refused.json and refused.json["code"]) == (409, "NoticesUnread")


def test_texts_are_in_the_callers_language(app: Flask, cleo: Caller, case: dict[str, Any]) -> None:
    """Accept-Language decides; without it, the language the person has chosen, which is Chinese at first."""
    path = f"/tasks/{task_id(case)}"
    english = cleo.get(path).json
    chinese = app.test_client().get(f"/api/v1{path}", headers={"Authorization": cleo.headers["Authorization"]}).json
    assert english is not None
    assert chinese is not None
    assert (english["name"].isascii(), chinese["name"].isascii()) == (True, False)
    assert english["form"][0]["label"] != chinese["form"][0]["label"]


@pytest.mark.parametrize("body", ["{", '"text"', "[]", '{"variables": 1}'])
def test_a_body_of_the_wrong_shape_is_refused(app: Flask, cleo: Caller, body: str) -> None:
    """Whatever is sent, the answer is a client error in problem+json."""
    answer = app.test_client().post(
        "/api/v1/processes/TS-002/instances", data=body, headers={**cleo.headers, "Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(("language", "foreign"), [("zh", wording.ENGLISH), ("en", wording.CHINESE)])
@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/instances/1/entries?after=99999999999999999999", None),
        ("/instances/1/entries?after=x", None),
        (f"/tasks?group={'x' * 70}", None),
        ("/processes/TS-002/instances", {"variables": [1]}),
        ("/processes/TS-002/instances", {"variables": {**COMPLAINT, "disputed_amount": "10"}}),
        ("/tasks/1/completion", {"form": 1}),
        ("/tasks/1/completion", {"form": {}, "despite": "x"}),
    ],
)
def test_a_wrong_shape_is_told_in_the_language_asked_for(
    cleo: Caller, path: str, sent: Any, language: str, foreign: re.Pattern[str]
) -> None:
    """What the reader of bodies says in English by itself reaches nobody who reads Chinese; a limit is named in both."""
    given = {"json": sent} if sent is not None else {}
    headers = {**cleo.headers, "Accept-Language": language}
    answer = cleo.client.open(f"/api/v1{path}", method="POST" if given else "GET", headers=headers, **given)
    assert answer.status_code == 422
    assert answer.json is not None
    told = [one["text"] for found in answer.json["reasons"].values() for one in found]
    assert told
    assert [text for text in told if foreign.search(text)] == []


def test_a_number_that_nobody_has_is_taken_in_only_when_it_is_confirmed(cleo: Caller) -> None:
    """A program that mistypes a number hears of it at its field, as at the counter; who says that it is right all the same has a case."""
    stranger = {**COMPLAINT, "msisdn": "13911112222"}
    refused = cleo.post("/processes/TS-002/instances", {"variables": stranger})
    assert refused.status_code == 422, refused.json
    assert [one["code"] for one in refused.json["reasons"]["msisdn"]] == ["number_unknown"]  # type: ignore[index]
    taken = cleo.post("/processes/TS-002/instances", {"variables": {**stranger, "number_confirmed": True}})
    assert taken.status_code == 201, taken.json


@pytest.mark.parametrize(
    ("path", "sent", "field", "pointer", "labels"),
    [
        ("/tasks?group=nowhere", None, "group", None, {"zh": "部门", "en": "Department"}),
        ("/processes/TS-002/instances", {"variables": {**COMPLAINT, "msisdn": "12"}}, "msisdn", "#/variables/msisdn", {"zh": "手机号码", "en": "Mobile number"}),
        ("/processes/TS-002/instances", {"variables": {**COMPLAINT, "complaint_text": " "}}, "text", "#/variables/complaint_text", {"zh": "客户反映", "en": "What the customer said"}),
        ("/processes/TS-002/instances", {"variables": {**COMPLAINT, "disputed_amount": "1"}}, "variables.disputed_amount", "#/variables/disputed_amount", {"zh": "争议金额", "en": "Disputed amount"}),
        ("/processes/TS-002/instances", {"variables": {**COMPLAINT, "a/b~c": 1}}, "variables.a/b~c", "#/variables/a~1b~0c", {"zh": "字段 a/b~c", "en": "Field a/b~c"}),
        ("/processes/TS-002/instances", [], "json", "#", {"zh": "提交的内容", "en": "What was sent"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refused_field_is_named_as_people_call_it(
    cleo: Caller, path: str, sent: Any, field: str, pointer: str | None, labels: dict[str, str], language: str
) -> None:
    """Beside the name that programs use stand the label in the caller's language and where the field is in what was sent."""
    given = {"json": sent} if sent is not None else {}
    headers = {**cleo.headers, "Accept-Language": language}
    answer = cleo.client.open(f"/api/v1{path}", method="POST" if given else "GET", headers=headers, **given)
    assert answer.status_code == 422
    assert answer.json is not None
    (found,) = answer.json["reasons"][field]
    assert (found["label"], found.get("pointer")) == (labels[language], pointer)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refused_field_of_a_step_has_the_label_of_its_form(cleo: Caller, case: dict[str, Any], language: str) -> None:
    """A program that completes a step is told the words that stand beside the field on the page."""
    path, headers = f"/api/v1/tasks/{task_id(case)}", {**cleo.headers, "Accept-Language": language}
    shown = {one["key"]: one["label"] for one in cleo.client.get(path, headers=headers).json["form"]}  # type: ignore[index]
    answer = cleo.client.post(f"{path}/completion", headers=headers, json={"form": {}})
    assert answer.status_code == 422
    refused = answer.json["reasons"]  # type: ignore[index]
    assert refused
    for field, found in refused.items():
        assert {(one["label"], one["pointer"]) for one in found} == {(shown[field], f"#/form/{field}")}


def test_every_parameter_and_field_has_a_name_of_its_own(app: Flask) -> None:
    """Whatever an address or a body may hold is called something by people, in the description of the API too."""
    sent = {
        name
        for schema in (
            schemas.Complaint,
            schemas.Completion,
            schemas.Withdrawal,
            schemas.Voiding,
            schemas.ExtensionAsked,
        )
        for name in schema().fields
    }
    sent |= set(schemas.ReversalAsked().fields) | set(schemas.Try().fields) | set(schemas.MessageOutcome().fields)
    with app.test_request_context():
        unnamed = [
            name for asked in addresses.ASKED.values() for name in asked if field_names.parameter(name) == "地址"
        ]
        assert unnamed == []
    assert sent - field_names.SENT.keys() == set()


KINDS: tuple[Any, ...] = ("x", 7, 1.5, True, [7], {"a": 7}, None)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_value_of_the_wrong_kind_is_told_in_words(app: Flask, language: str) -> None:
    """Which field and which kind is expected there, of every resource; nothing in the words of the library that found it."""
    bodies = [one for one in vars(schemas).values() if isinstance(one, type) and issubclass(one, Schema)]
    wrong = [
        (body.__name__, name, kind)
        for body in bodies
        for name in body().fields
        for kind in KINDS
    ]  # fmt: skip
    with app.test_request_context(headers={"Accept-Language": language}):
        unfit = reason_texts.reason(Reason("shape"))
        for body, name, kind in wrong:
            messages = getattr(schemas, body)(partial=True).validate({name: kind})
            told = problems.misshapen({"json": messages}).json["reasons"] if messages else {}
            for reason in (reason for reasons in told.values() for reason in reasons):
                assert reason["text"] != unfit, (body, name, kind, messages)
                assert not re.search(r"[Nn]ot a valid|Invalid type", reason["text"]), (body, name, kind)
                assert reason["label"]


@pytest.mark.parametrize(
    ("language", "expected"), [("zh-CN", "这里应为整数。"), ("en", "A whole number is expected here.")]
)
def test_a_text_where_a_number_is_due(app: Flask, cleo: Caller, language: str, expected: str) -> None:
    """By the name that a person knows, too."""
    cleo.headers["Accept-Language"] = language
    answer = cleo.post("/processes/TS-002/instances", {"variables": {**COMPLAINT, "disputed_amount": "ten"}})
    (reason,) = answer.json["reasons"]["variables.disputed_amount"]
    assert (answer.status_code, reason["text"], reason["pointer"]) == (422, expected, "#/variables/disputed_amount")


def test_a_form_with_a_value_of_the_wrong_kind(cleo: Caller, case: dict[str, Any]) -> None:
    """What is entered at a step is told as at the page, whatever kind it is of."""
    for value in ([7], {"a": 7}, 7, True):
        form = {"finding": value, "cause_note": value}
        answer = cleo.post(f"/tasks/{task_id(case)}/completion", {"form": form})
        assert answer.status_code == 422, answer.json
        for reasons in answer.json["reasons"].values():
            assert not [r for r in reasons if re.search(r"[Nn]ot a valid|Invalid", r["text"])], answer.json
