"""A clerk of the benchmark fills whatever form a page has, so that a changed form changes no figure and breaks no run."""

from __future__ import annotations

from bench.office.pages import CENT, SAID, Answer, Form, Page

PAGE = """
<main><a href="/tasks/next">next</a><a href="/cases/AJ-1">case</a><a href="/tasks/17">step</a>
<form action="/other"><input name="elsewhere" value="1"></form>
<form action="/tasks/17/completion">
  <input type="hidden" name="csrf_token" value="t"><input type="submit" name="go" value="x">
  <div id="fields" data-conditional hx-post="/tasks/17/fields">
    <input type="radio" name="way" value="cash"><input type="radio" name="way" value="hold">
    <input type="radio" name="kept" value="a"><input type="radio" name="kept" value="b" checked>
    <input type="checkbox" name="lines" value="1" checked><input type="checkbox" name="lines" value="2">
    <input type="checkbox" name="lines" value="3" checked>
    <select name="choice"><option value="">-</option><option value="one">1</option></select>
    <input name="amount" inputmode="decimal"><input name="note"><input type="date" name="since">
    <textarea name="told">said before</textarea><input name="off" disabled>
  </div>
</form></main>
"""


def form() -> Form:
    return Page(Answer(200, "", PAGE)).form("/completion")


def test_what_stands_stays_and_what_is_asked_is_answered() -> None:
    """Answers where they are offered, what stands there, the first choice, a word of its kind; nothing of another form."""
    values = form().filled({"way": "hold", "kept": "c", "note": "mine", "unknown": "x"})
    assert values.pop("since")
    assert values == {
        "csrf_token": "t",
        "way": "hold",
        "kept": "b",
        "lines": ["1", "3"],
        "choice": "one",
        "amount": CENT,
        "note": "mine",
        "told": "said before",
    }


def test_fields_that_appear_are_filled_and_those_that_go_are_not() -> None:
    """As in a browser, a choice may show another field; what is hidden is not sent."""
    fragment = form().with_fields('<input type="radio" name="way" value="cash" checked><input name="receipt">')
    assert fragment.filled({}) == {"csrf_token": "t", "way": "cash", "receipt": SAID}


def test_the_first_task_of_a_page_is_found() -> None:
    """A link to the next task of all is none to a task."""
    assert Page(Answer(200, "", PAGE)).task == 17


def test_a_step_is_taken_by_a_button_of_its_form_and_nothing_is_typed_yet() -> None:
    """The button that takes a step sends the form it belongs to, wherever it stands, with what the page brought and no more."""
    taking = '<button form="completion" formaction="/tasks/17/claim">take</button>'
    page = Page(Answer(200, "", taking + PAGE.replace('<form action="/tasks', '<form id="completion" action="/tasks')))
    assert page.offers("/tasks/17/claim")
    assert not page.offers("/tasks/17/release")
    assert page.form("/tasks/17/claim").untouched() == {
        "csrf_token": "t", "kept": "b", "lines": ["1", "3"], "choice": "", "amount": "", "note": "", "since": "", "told": "said before",
    }  # fmt: skip
