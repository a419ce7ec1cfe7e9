"""From draft to version by two people in the browser, and what stands in the way of one person doing it alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select

import engine
from engine import cases, diagrams, proof, published, record, running
from models.base import session, transaction
from models.definition import ProcessDefinition
from models.identity import UserRole
from office import publication
from office.scenarios import Played
from tests.support.actors import CLEO
from tests.support.other_tools import FILES
from tests.support.visitors import Page

pytestmark = pytest.mark.slow
PROCESSES = Path(__file__).parents[4] / "processes"
FOREIGN = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
<bpmn:process id="Process_1" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:serviceTask id="pay" name="Pay"><bpmn:extensionElements><zeebe:taskDefinition type="pay"/></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:scriptTask id="calc" name="Calc"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>
<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="pay"/>
<bpmn:sequenceFlow id="f2" sourceRef="pay" targetRef="calc"/><bpmn:sequenceFlow id="f3" sourceRef="calc" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""


@pytest.fixture
def app(desk: Flask) -> Flask:
    """An app over a copy of the office; every request has its own context."""
    return desk


@pytest.fixture
def as_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios come out as agreed at once; that they are really played is another test's business."""
    monkeypatch.setattr(publication.scenarios, "play_on", lambda one, *_: Played(one.process, one.name))


class Browser:
    """A browser in which somebody has logged in."""

    def __init__(self, app: Flask, name: str) -> None:
        self.client: FlaskClient = app.test_client()
        assert self.post("/login", name=name, password=f"{name}-reception-desk").status_code == 302

    def post(self, path: str, **form: Any) -> Any:
        return self.client.post(path, data=form)

    def play(self, key: str = "TS-002") -> None:
        """Have the scenarios played, and the office do what it has queued."""
        self.post(f"/processes/{key}/publish/scenarios")
        with self.client.application.app_context():
            running.run_due(engine.now())

    def draft(self, key: str = "TS-002") -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/processes/{key}/draft").json
        return found

    def replace(self, old: str, new: str, key: str = "TS-002", *, withdraw: bool = False) -> int:
        """Change the diagram of the draft and save it; its revision."""
        draft = self.draft(key)
        text = draft["files"][f"{key}.bpmn"]
        assert old in text
        body = {"revision": draft["revision"], "files": {f"{key}.bpmn": text.replace(old, new)}}
        body |= {"withdraw": True} if withdraw else {}
        saved = self.client.put(f"/processes/{key}/draft", json=body)
        assert saved.status_code == 200, saved.text
        return int(saved.json["revision"])

    def submit(self, revision: int, key: str = "TS-002") -> Any:
        self.play(key)
        return self.post(f"/processes/{key}/publish/submission", revision=revision, note="新规定")


@pytest.fixture
def olu(app: Flask) -> Browser:
    """The owner who draws."""
    return Browser(app, "olu")


@pytest.fixture
def otto(app: Flask) -> Browser:
    """The owner who approves."""
    return Browser(app, "otto")


def versions(app: Flask, key: str = "TS-002") -> list[tuple[int, str, str | None, str]]:
    """Number, publisher, approver and note of every version."""
    with app.app_context():
        query = select(ProcessDefinition).where(ProcessDefinition.key == key).order_by(ProcessDefinition.version)
        return [(v.version, v.published_by, v.approved_by, v.note) for v in session().scalars(query)]


def begun(app: Flask) -> int:
    """A case of TS-002 in which the cause is open."""
    with app.app_context():
        return cases.start("TS-002", business_key="AJ-1", variables={"msisdn": "13900000201"}, by=CLEO, at=engine.now()).instance_id  # fmt: skip


def stands_at(app: Flask, instance_id: int) -> set[str]:
    """Where a case stands, folded from its history on its own version."""
    with app.app_context():
        assert not proof.verify(instance_id)
        return set(proof.marking(instance_id).active)


@pytest.mark.usefixtures("as_agreed")
def test_what_can_hardly_be_meant_is_told_to_both_and_written_down(app: Flask, olu: Browser, otto: Browser) -> None:
    """A reference that the manual lacks keeps nobody from publishing, but the one who submits and the one who approves read it, and the history says so."""
    revision = olu.replace('name="manualRef" value="TS-002.1, CH2.6"', 'name="manualRef" value="TS-002.99"')
    (found,) = olu.draft()["problems"]
    assert (found["warning"], found["rule"], found["values"]["ref"]) == (True, "unknown_manual_ref", "TS-002.99")
    told = "手册里没有 TS-002.bpmn 引用的 TS-002.99。"
    assert told in olu.client.get("/processes/TS-002/publish").text
    assert olu.submit(revision).status_code == 302
    assert told in otto.client.get("/processes/TS-002/publish").text
    assert otto.post("/processes/TS-002/publish/approval", revision=revision, against=1).status_code == 302
    assert olu.client.get("/processes/TS-002").text.count("有 1 条提醒") == 3  # in its history, and beside the version


def test_what_cannot_but_fail_is_not_published(olu: Browser) -> None:
    """A condition on a name that nothing sets never holds: it is a problem, with the name that is meant."""
    revision = olu.replace(">cause_verified = true<", ">cause_verifeid = true<")
    (found,) = olu.draft()["problems"]
    assert (found["warning"], found["rule"], found["values"]["near"]) == (False, "unknown_name_near", "cause_verified")
    assert (
        "没有哪一步给 cause_verifeid 赋值。是不是 cause_verified？" in olu.client.get("/processes/TS-002/publish").text
    )
    assert olu.submit(revision).status_code == 422


@pytest.mark.usefixtures("as_agreed")
def test_a_running_case_stays_and_the_next_takes_the_new_way(app: Flask, olu: Browser, otto: Browser) -> None:
    """Two people put a change in force: the case before it goes on as it began, the one after it goes the new way; both replay."""
    before = begun(app)
    revision = olu.replace(">cause_verified = true<", ">cause_verified != false and msisdn != null<")
    assert olu.submit(revision).status_code == 302
    done = otto.post("/processes/TS-002/publish/approval", revision=revision, against=1)
    assert done.status_code == 302
    after = begun(app)
    assert versions(app)[1] == (2, "olu", "otto", "新规定")
    assert (stands_at(app, before), stands_at(app, after)) == ({"judge_cause"}, {"ask_receipt"})
    assert olu.draft()["revision"] == 0


@pytest.mark.usefixtures("as_agreed")
def test_callers_come_with_it(app: Flask, olu: Browser, otto: Browser) -> None:
    """Publishing a called process makes new versions of those that call it, with the same approver; others stay."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    olu.submit(revision)
    otto.post("/processes/TS-002/publish/approval", revision=revision, against=1)
    assert versions(app, "TS-005")[1] == (2, "olu", "otto", "TS-002 2")
    assert len(versions(app, "SUB-004")) == 1
    with app.app_context():
        assert "票据在？" in published.current("CH-002").package.files["TS-002.bpmn"]


@pytest.mark.usefixtures("as_agreed")
def test_an_auditor_sees_by_what_a_case_was_handled(app: Flask, olu: Browser, otto: Browser) -> None:
    """The replay of a case names its version and leads to what is different today; a caller's new version leads to what it took up."""
    begun(app)
    revision = olu.replace(">cause_verified = true<", ">cause_verified != false and msisdn != null<")
    olu.submit(revision)
    otto.post("/processes/TS-002/publish/approval", revision=revision, against=1)
    ada = Browser(app, "ada")
    assert "/processes/TS-002/versions/2?against=1" in ada.client.get("/cases/AJ-1/replay").text
    assert "cause_verified != false" in ada.client.get("/processes/TS-002/versions/2?against=1").text
    assert "/processes/TS-002/versions/2?against=1" in ada.client.get("/processes/CH-002/versions/2").text


@pytest.mark.usefixtures("as_agreed")
def test_nobody_approves_their_own(app: Flask, olu: Browser, otto: Browser) -> None:
    """Neither who submitted nor who edited, nor somebody who is no owner, puts a draft in force."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    with app.app_context(), transaction():
        session().add(UserRole(user="omar", role="owner"))
    otto.submit(revision)
    for name in ("olu", "otto", "sam", "cleo"):
        refused = Browser(app, name).post("/processes/TS-002/publish/approval", revision=revision, against=1)
        assert refused.status_code == 403
    assert len(versions(app)) == 1


@pytest.mark.usefixtures("as_agreed")
def test_whoever_may_approve_finds_the_draft_on_their_worklist(app: Flask, olu: Browser, otto: Browser) -> None:
    """With who submitted it and why, and a figure at the processes; whoever has a hand in it, and who is no owner, has neither."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    olu.submit(revision)
    pages = {name: Page(Browser(app, name).client.get("/tasks")) for name in ("olu", "otto", "sam")}
    waiting = pages["otto"].tree.xpath('//*[@id="approvals"]//tbody/tr')
    assert [row.xpath(".//a/@href") for row in waiting] == [["/processes/TS-002/publish"]]
    assert "新规定" in waiting[0].text_content()
    figures = {name: page.tree.xpath('//nav//a[@href="/processes"]//*[@class="desk-count"]/text()') for name, page in pages.items()}  # fmt: skip
    assert figures == {"olu": [], "otto": ["1"], "sam": []}
    assert not [name for name in ("olu", "sam") if pages[name].has("approvals")]
    otto.post("/processes/TS-002/publish/return", revision=revision, reason="再看看")
    assert not Page(otto.client.get("/tasks")).has("approvals")


@pytest.mark.usefixtures("as_agreed")
def test_what_is_approved_is_what_was_seen(app: Flask, olu: Browser, otto: Browser) -> None:
    """A save after the submission takes it back; an approval of the former revision is refused."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    olu.submit(revision)
    olu.replace("票据在？", "还有票据？", withdraw=True)
    assert otto.post("/processes/TS-002/publish/approval", revision=revision, against=1).status_code == 409
    assert otto.post("/processes/TS-002/publish/approval", revision=revision + 1, against=1).status_code == 409
    assert olu.draft()["state"] == "editing"


def test_scenarios_are_played_before_it_is_submitted(app: Flask, olu: Browser) -> None:
    """A draft that nobody has tried is not handed over."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    refused = olu.post("/processes/TS-002/publish/submission", revision=revision, note="新规定")
    assert refused.status_code == 409
    assert olu.draft()["state"] == "editing"


def test_a_draft_that_differs_is_submitted_knowingly(app: Flask, olu: Browser) -> None:
    """Played on the draft, a scenario that the change breaks is shown; it is submitted only by saying that this is meant."""
    revision = olu.replace("released", "let_go", "BATCH-002")
    olu.play("BATCH-002")
    assert "desk-state state-late" in olu.client.get("/processes/BATCH-002/publish").text
    form = {"revision": revision, "note": "新规定"}
    assert olu.post("/processes/BATCH-002/publish/submission", **form).status_code == 409
    assert olu.post("/processes/BATCH-002/publish/submission", **form, accepted="yes").status_code == 302
    assert olu.draft("BATCH-002")["state"] == "submitted"


@pytest.mark.parametrize(("language", "said"), [("zh", "应在“本周挂帐已放行”结束"), ("en", "It should end at “")])
def test_differences_are_told_in_the_language_of_the_page(olu: Browser, language: str, said: str) -> None:
    """An owner reads by the names on the diagram what differs, not by ids, and not in another language."""
    olu.post("/language", language=language)
    olu.replace("released", "let_go", "BATCH-002")
    olu.play("BATCH-002")
    assert said in olu.client.get("/processes/BATCH-002/publish").text


def test_problems_keep_it_from_being_submitted(olu: Browser) -> None:
    """A draft with problems shows them with a way to the element, and goes nowhere."""
    revision = olu.replace('value="ts002_receipt"', 'value="nowhere"')
    page = olu.client.get("/processes/TS-002/publish").text
    assert "nowhere" in page
    assert "element=ask_receipt" in page
    assert olu.submit(revision).status_code in (409, 422)


@pytest.mark.usefixtures("as_agreed")
def test_it_goes_back_with_a_reason(app: Flask, olu: Browser, otto: Browser) -> None:
    """The second owner may refuse; the draft can be edited again and the history says why."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    olu.submit(revision)
    otto.post("/processes/TS-002/publish/return", revision=revision, reason="先问市场部")
    assert olu.draft()["state"] == "editing"
    assert "先问市场部" in olu.client.get("/processes/TS-002").text


@pytest.mark.usefixtures("as_agreed")
def test_the_history_of_a_definition_tells_it(app: Flask, olu: Browser, otto: Browser) -> None:
    """Submitted, approved and published stand in the chained stream of the definition, each with who did it."""
    revision = olu.replace("要退现而票据遗失？", "票据在？")
    olu.submit(revision)
    otto.post("/processes/TS-002/publish/approval", revision=revision, against=1)
    with app.app_context():
        told = [(e.actor, step["type"]) for e in record.read_history("definition", "TS-002") for step in e.steps]
    assert told[1:] == [
        ("olu", "draft_saved"),
        ("olu", "draft_submitted"),
        ("otto", "draft_approved"),
        ("olu", "definition_published"),
    ]


def test_a_foreign_diagram_opens_and_says_what_cannot_be_executed(olu: Browser) -> None:
    """What Camunda drew becomes a draft; each thing that is not executed is listed with what to do instead."""
    brought = olu.post("/processes/import", file=(io.BytesIO(FOREIGN.encode()), "order.bpmn"), key="NET-001")
    assert (brought.status_code, brought.location) == (302, "/processes/NET-001/publish")
    found = {(one["element"], one["rule"]) for one in olu.draft("NET-001")["problems"]}
    assert {("pay", "foreign_operator"), ("calc", "foreign_script"), ("calc", "element_not_executable")} <= found
    assert olu.client.get(brought.location).status_code == 200
    assert "NET-001" in olu.client.get("/processes").text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "TS-002 is open already: yours"), ("zh", "TS-002 已有您自己的草稿")]
)
def test_a_draft_that_is_open_is_led_to(olu: Browser, language: str, said: str) -> None:
    """A file under the key of an open draft: whose that is, the way there, and the file still chosen when it is sent again under another key."""
    olu.replace("要退现而票据遗失？", "票据在？")
    olu.client.post(f"/language/{language}")
    page = olu.post("/processes/import", file=(io.BytesIO(FOREIGN.encode()), "order.bpmn"), key="TS-002")
    assert page.status_code == 409
    assert said in page.text
    assert 'href="/processes/TS-002/edit"' in page.text
    kept = html.document_fromstring(page.text).xpath("//textarea[@name='kept']")[0].text.removeprefix("\n")
    assert olu.post("/processes/import", key="NET-001", kept_name="order.bpmn", kept=kept).status_code == 302


def test_a_draft_of_another_is_called_theirs(olu: Browser, otto: Browser) -> None:
    """Who saved it stands there by name."""
    olu.replace("要退现而票据遗失？", "票据在？")
    page = otto.post("/processes/import", file=(io.BytesIO(FOREIGN.encode()), "order.bpmn"), key="TS-002")
    assert "最后由欧璐保存" in page.text


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"<a/>", b"<!DOCTYPE x><x/>", b"PK\x03\x04"])
def test_a_file_that_is_no_diagram_is_refused(olu: Browser, content: bytes) -> None:
    """Whatever is brought in, the answer says what is wrong."""
    assert olu.post("/processes/import", file=(io.BytesIO(content), "x.bpmn"), key="").status_code == 422


PLAIN = f'<?xml version="1.0" encoding="UTF-8"?>{FOREIGN}'
REFUSED_FILES = {
    "empty": (b"", "The file is empty."),
    "no XML": (b"PK\x03\x04", "is no XML"),
    "DOCTYPE": (b"<!DOCTYPE x><x/>", "DOCTYPE"),
    "GB 18030, not declared": ("<a>话费</a>".encode("gb18030"), "Save it as UTF-8"),
    "declared as another": (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>', "Save it as UTF-8"),
    "another XML": (b"<a/>", "no BPMN 2.0 diagram"),
    "broken": (b"<a>", "broken from line 1"),
    "too long": (
        PLAIN.replace("</bpmn:definitions>", f"<!--{'x' * 2_000_000}--></bpmn:definitions>").encode(),
        "at most 1,000,000 characters",
    ),
    "9 MB": (b"<a>" + b" " * 9_000_000, "at most 8 MB"),
}


@pytest.mark.parametrize("kind", REFUSED_FILES)
def test_what_is_wrong_with_a_file_is_said(app: Flask, kind: str) -> None:
    """Not that name and size be checked: what the file is, on the page where it was brought in, with the key that was typed."""
    olu = Browser(app, "olu")
    olu.client.post("/language", data={"language": "en"})
    content, said = REFUSED_FILES[kind]
    answer = olu.post("/processes/import", file=(io.BytesIO(content), "x.bpmn"), key="NET-001")
    assert (answer.status_code, said in answer.text) == (413 if kind == "9 MB" else 422, True)
    assert 'value="NET-001"' in answer.text or kind == "9 MB"
    assert "check its name and size" not in answer.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_an_encoding_that_a_file_names_is_read(olu: Browser, encoding: str) -> None:
    """What the standard allows comes in, and goes out as the UTF-8 it then says it is."""
    declared = PLAIN.replace("UTF-8", encoding.removesuffix("-sig"), 1)
    brought = olu.post("/processes/import", file=(io.BytesIO(declared.encode(encoding)), "x.bpmn"), key="NET-001")
    assert brought.status_code == 302
    out = olu.client.get("/processes/NET-001/draft/files/NET-001.bpmn").data
    assert (
        out.decode("utf-8").replace("'", '"').startswith('<?xml version="1.0" encoding="UTF-8"'),
        b"pay" in out,
    ) == (True, True)


def test_two_files_for_one_place_are_not_brought_in(olu: Browser) -> None:
    """The second would take the place of the first, and the page would say that both are there."""
    files = [(io.BytesIO(FOREIGN.encode()), name) for name in ("a.bpmn", "b.bpmn")]
    answer = olu.post("/processes/TS-002/draft/upload", files=files, revision=0)
    assert (answer.status_code, "b.bpmn" in answer.text) == (422, True)
    assert olu.draft()["revision"] == 0


def test_a_key_that_cannot_be_is_told_at_its_field(olu: Browser) -> None:
    """It was answered with a process that is not there."""
    answer = olu.post("/processes/import", file=(io.BytesIO(FOREIGN.encode()), "x.bpmn"), key="1 2")
    assert (answer.status_code, 'id="error-key"' in answer.text) == (422, True)


def test_files_go_out_and_come_in(olu: Browser) -> None:
    """A version can be taken away whole or file by file, and a table changed elsewhere put into the draft."""
    whole = olu.client.get("/processes/TS-002/versions/1/package.zip")
    assert {"TS-002.bpmn", "decisions/cause.dmn"} <= set(zipfile.ZipFile(io.BytesIO(whole.data)).namelist())
    table = olu.client.get("/processes/TS-002/versions/1/files/decisions/cause.dmn").data
    changed = table.replace(b'"fraud"', b'"stolen"')
    olu.post("/processes/TS-002/draft/upload", files=(io.BytesIO(changed), "cause.dmn"), revision=0)
    assert olu.draft()["files"]["decisions/cause.dmn"].encode() == changed


@pytest.mark.parametrize("name", ["nora", "sam", "olu"])
def test_everybody_may_read_what_is_in_force(app: Flask, name: str) -> None:
    """Processes are no secret in the office; drafts are, until they are published."""
    browser = Browser(app, name)
    for path in ("", "/TS-002", "/SUB-001", "/TS-002/forms/ts002_receipt", "/TS-002/versions/1"):
        assert browser.client.get(f"/processes{path}").status_code == 200
    assert browser.client.get("/processes/TS-002/publish").status_code == (403 if name == "nora" else 200)


@pytest.mark.parametrize(
    "name, key",
    [
        ("default_namespace", "brought_in"),
        ("bpmn_io", "Order_check"),
        ("signavio", "brought_in"),
        ("camunda_7", "order"),
    ],
)
def test_what_is_brought_in_is_whole(olu: Browser, name: str, key: str) -> None:
    """A process that its tool numbered is called after its name or file, is to be executed and drawn; what was changed is said on the next page."""
    brought = olu.post("/processes/import", file=(io.BytesIO(FILES[name].encode()), "brought in.bpmn"), key="")
    assert brought.location == f"/processes/{key}/publish"
    page = olu.client.get(brought.location).text
    rules = {one["rule"] for one in olu.draft(key)["problems"]}
    assert rules & {"no_picture", "not_drawn", "wrong_process_id", "one_executable_process"} == set()
    drawn = diagrams.read_drawing(olu.draft(key)["files"][f"{key}.bpmn"].encode())
    assert {"begin", "work", "done"} <= drawn.shapes.keys()
    told = {"default_namespace": "文件里没有图", "bpmn_io": "流程编号原为 Process_0ab12cd", "signavio": "已标上"}
    assert told.get(name, "") in page


@pytest.mark.parametrize("name", FILES)
def test_every_foreign_file_becomes_a_draft(olu: Browser, name: str) -> None:
    """Whatever a tool or a hand left out, the file opens, and nothing in it is hidden."""
    brought = olu.post("/processes/import", file=(io.BytesIO(FILES[name].encode()), "x.bpmn"), key="NET-001")
    assert (brought.status_code, brought.location) == (302, "/processes/NET-001/publish")
    rules = {one["rule"] for one in olu.draft("NET-001")["problems"]}
    assert rules & {"no_picture", "not_drawn", "flow_not_drawn", "drawn_twice", "picture_of_nothing"} == set()
    assert rules & {"id_used_twice", "picture_id_used_twice", "wrong_process_id"} == set()
    assert olu.client.get(brought.location).status_code == 200


def test_a_name_that_is_taken_gets_a_number(olu: Browser) -> None:
    """Two tools' first processes do not fall upon each other."""
    for key in ("Order_check", "Order_check_2"):
        brought = olu.post("/processes/import", file=(io.BytesIO(FILES["bpmn_io"].encode()), "x.bpmn"), key="")
        assert brought.location == f"/processes/{key}/publish"


def test_a_diagram_put_into_a_draft_is_made_whole(olu: Browser) -> None:
    """The way through the upload is the same as the import: drawn, and under the key of the draft."""
    olu.post("/processes/TS-002/draft/upload", files=(io.BytesIO(FILES["bpmn_io"].encode()), "a.bpmn"), revision=0)
    found = diagrams.parse(olu.draft()["files"]["TS-002.bpmn"].encode())
    assert (found.key, found.executable) == ("TS-002", 1)
