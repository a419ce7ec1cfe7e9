"""The package of a version comes back as it was taken away, and one that was made to harm brings nothing in."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from flask import Flask

from office import bundles, drafts
from tests.unit.web.definitions.test_publication import Browser

KEY = "TS-002"


@pytest.fixture
def olu(desk: Flask) -> Browser:
    """The owner."""
    return Browser(desk, "olu")


def bring(olu: Browser, content: bytes, name: str = f"{KEY}-1.zip", **form: str) -> tuple[int, str]:
    """The answer to bringing a file in, in English."""
    olu.post("/language", language="en")
    answer = olu.post("/processes/import", file=(io.BytesIO(content), name), **form)
    return answer.status_code, answer.text


def archive(*files: tuple[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in files:
            opened.writestr(name, text)
    return made.getvalue()


def test_a_package_comes_back(olu: Browser) -> None:
    """What the list of versions gives is a draft again, file for file; an older one without a word about itself too."""
    given = olu.client.get(f"/processes/{KEY}/versions/1/package.zip").data
    before = olu.draft(KEY)["files"]
    assert bring(olu, given)[0] == 302
    assert olu.draft(KEY)["files"] == before
    assert olu.client.delete(f"/processes/{KEY}/draft").status_code == 204
    with zipfile.ZipFile(io.BytesIO(given)) as opened:
        plain = archive(*((n, opened.read(n).decode()) for n in opened.namelist() if n != bundles.ABOUT))
    assert bring(olu, plain)[0] == 302
    assert olu.draft(KEY)["files"] == before


def test_a_package_of_other_content_is_refused(olu: Browser) -> None:
    """The fingerprint that stands in it is held against what is in it."""
    given = olu.client.get(f"/processes/{KEY}/versions/1/package.zip").data
    with zipfile.ZipFile(io.BytesIO(given)) as opened:
        files = {name: opened.read(name).decode() for name in opened.namelist()}
    files[f"{KEY}.bpmn"] = files[f"{KEY}.bpmn"].replace("询问票据和退款", "询问票据")
    status, page = bring(olu, archive(*files.items()))
    assert (status, "another fingerprint" in page) == (422, True)
    assert olu.draft(KEY)["revision"] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 broken", "no package that can be unpacked"),
        (archive(("../../etc/x.bpmn", "<a/>")), "cannot be kept under this name"),
        (archive(("/forms/x.form", "{}")), "cannot be kept under this name"),
        (archive(("run.sh", "rm")), "cannot be kept under this name"),
        (archive(("A.bpmn", "<a/>"), ("forms/x.form", "0" * 5_000_000)), "at most 1,000,000 characters"),
        (archive(*((f"forms/f{n}.form", "{}") for n in range(drafts.MOST_FILES + 1))), "at most 300"),
        (archive((bundles.ABOUT, "[" * 100_000), ("A.bpmn", "<a/>")), "no package that can be unpacked"),
        (archive((bundles.ABOUT, json.dumps({"key": "../A"})), ("A.bpmn", "<a/>")), "no package that can be unpacked"),
        (archive((bundles.ABOUT, json.dumps({"key": "A"})), ("B.bpmn", "<a/>")), "exactly one process"),
        (archive(("A.bpmn", "<a")), "no package that can be unpacked"),
        (archive(), "exactly one process"),
    ],
    ids=["broken", "up", "absolute", "kind", "long", "many", "nested", "key", "no-diagram", "malformed", "empty"],
)
def test_what_is_no_package_brings_nothing_in(olu: Browser, content: bytes, said: str) -> None:
    """Names, kinds, number, length and what it says of itself are looked at before anything is kept."""
    status, page = bring(olu, content)
    assert (status, said in page) == (422, True), page[page.find("desk-errors") :][:400]


def test_a_file_too_long_is_told_first_and_by_its_own_name(olu: Browser) -> None:
    """Not that a draft is open: the size, with a separator, of the file as it is called."""
    olu.replace("询问票据和退款", "询问票据", KEY)
    text = olu.draft(KEY)["files"][f"{KEY}.bpmn"] + " " * drafts.MOST_CHARACTERS
    status, page = bring(olu, text.encode(), "my diagram.bpmn")
    assert status == 422
    assert "my diagram.bpmn is too long: at most 1,000,000 characters" in page


NAMES = f"translations/{KEY}.en.yaml"


def packed_again(olu: Browser, **changed: str) -> bytes:
    """The package of version 1 without a word about itself, with other contents for some of its files."""
    given = olu.client.get(f"/processes/{KEY}/versions/1/package.zip").data
    with zipfile.ZipFile(io.BytesIO(given)) as opened:
        files = {name: opened.read(name).decode() for name in opened.namelist() if name != bundles.ABOUT}
    return archive(*{**files, **changed}.items())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("a: &name 退款\nb: *name\n", "an alias or anchor (&amp; or *) in line 1 is not read. Write the text out."),
        ("a: b\na: c\n", "in line 2 stands there twice"),
        ("a: [\n", "cannot be read. Write one line per element"),
    ],
    ids=["alias", "twice", "broken"],
)
def test_english_names_that_cannot_be_read_bring_nothing_in(olu: Browser, names: str, said: str) -> None:
    """They are refused where they come in, with the line, instead of standing in a draft in which no page mends them."""
    status, page = bring(olu, packed_again(olu, **{NAMES: names}))
    assert status == 422
    assert said in page
    assert olu.draft(KEY)["revision"] == 0


def test_what_a_package_says_twice_of_itself_is_refused(olu: Browser) -> None:
    """Of two keys no reader need take the one that was meant."""
    about = '{"key": "TS-002",\n"key": "TS-001"}'
    status, page = bring(olu, packed_again(olu, **{bundles.ABOUT: about}))
    assert (status, "package.json: “key” in line 2 stands there twice" in page) == (422, True)


def test_english_names_are_mended_by_a_file(olu: Browser) -> None:
    """Those that came in otherwise: the page of the draft says what is wrong, and takes the file that is right."""
    body = {"revision": 0, "files": {NAMES: "a: &name x\nb: *name\n"}}
    assert olu.client.put(f"/processes/{KEY}/draft", json=body).status_code == 200
    olu.post("/language", language="en")
    assert "alias or anchor" in olu.client.get(f"/processes/{KEY}/publish").text
    answer = olu.post(f"/processes/{KEY}/draft/upload", revision=1, files=(io.BytesIO(b"a: x\n"), "names.yaml"))
    assert answer.status_code == 302
    assert olu.draft(KEY)["files"][NAMES] == "a: x\n"
    assert "alias or anchor" not in olu.client.get(f"/processes/{KEY}/publish").text


def test_a_form_that_gives_a_key_twice_is_not_published(olu: Browser) -> None:
    """In a package, brought in as a file or saved by the editor: a problem with key and line, gone with the file that is right."""
    form = "forms/ts002_receipt.form"
    text = olu.draft(KEY)["files"][form]
    twice = text.replace("{", '{"id": "another",\n', 1)
    status, _page = bring(olu, packed_again(olu, **{form: twice}))
    assert status == 302
    said = f"{form}: “id” in line 4 stands there twice. Take one of the lines out."
    assert [one["text"] for one in olu.draft(KEY)["problems"] if one["rule"] == "key_twice"] == [said]
    assert said in olu.client.get(f"/processes/{KEY}/publish").text
    olu.post(f"/processes/{KEY}/draft/upload", revision=1, files=(io.BytesIO(text.encode()), "ts002_receipt.form"))
    assert said not in olu.client.get(f"/processes/{KEY}/publish").text
    olu.post(f"/processes/{KEY}/draft/upload", revision=2, files=(io.BytesIO(twice.encode()), "other.form"))
    assert "forms/other.form: “id” in line 4 stands there twice" in olu.client.get(f"/processes/{KEY}/publish").text


def test_a_body_that_gives_a_file_twice_is_refused(olu: Browser) -> None:
    """Nothing of it is kept."""
    body = '{"revision": 0, "files": {"forms/a.form": "{}", "forms/a.form": "[]"}}'
    answer = olu.client.put(f"/processes/{KEY}/draft", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert olu.draft(KEY)["revision"] == 0
