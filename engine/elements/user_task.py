"""User tasks: who is asked, by when, and what an answer approves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.definitions import form_lint, pattern_lint
from engine.definitions.package import MissingFile, Package
from engine.diagrams import settings
from engine.diagrams.diagram import Diagram, Element
from engine.elements import deadlines, work
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import ITEM, SKIPPED, Token
from engine.ground.errors import InvalidDefinition, Problem
from engine.language import feel
from engine.language.forms import Form
from engine.record.case import NO_CHOICE, Wait
from engine.record.case import Kind as WaitKind
from engine.record.case_steps import Occurrence, TaskCompleted
from engine.record.scopes import Scope
from engine.record.steps import Failed

NO_DEPARTMENT = "DepartmentNotReckoned"
# What an approval says, and which property of the approving step says it, in FEEL.
APPROVAL = {"amount": "approvedAmount", "kind": "approvedKind", "payee": "approvedPayee", "lines": "approvedLines"}


def arrive(run: Running, token: Token) -> None:
    """Ask somebody to do the step; one that this case does not need asks nobody, and an item of a list is always asked."""
    condition = token.element.properties.get("skippedWhen", "")
    if condition and ITEM not in token.task.internal_data and run.evaluate(condition, token.scope) is True:
        token.task.internal_data[SKIPPED] = True
    else:
        _open(run, token)


def _open(run: Running, token: Token) -> None:
    _, number, element, scope = token
    due = deadlines.due(run, number, element, scope)
    group = _group_from(run, element, scope)
    department = group or element.properties.get("group") or element.lane
    run.add(
        {
            "type": "user_task_created",
            "scope": scope.number,
            "token": number,
            "element": element.id,
            "name": element.name,
            "group": run.department_of(scope.process, element.id, department),
            "form": element.properties.get("form", ""),
            "process": scope.process,
            "due": due,
            **_place(run, scope),
        }
    )
    if due is None and element.properties.get("due"):
        deadlines.miss(run, number, element, scope)
    if group == "" and element.properties.get("groupFrom"):
        failed = Failed(NO_DEPARTMENT, element.properties["groupFrom"])
        run.open_incident(number, element, scope, failed, after="limit")
    tell_dead_end(run, token)
    if element.properties.get(settings.WAITS) == "true":
        run.add({"type": "clock_paused", "scope": scope.number, "token": number, "element": element.id})


def tell_dead_end(run: Running, token: Token) -> None:
    """Tell a person of a step that must be answered and offers nothing: nobody can complete it. Earlier versions said nothing."""
    _, number, element, scope = token
    told = run.recorded is None or any(
        s["type"] == "incident_opened" and s["token"] == number and s["kind"] == NO_CHOICE for s in run.recorded
    )
    form_id = element.properties.get("form", "")
    if not told or not form_id:
        return
    form, now = run.definition.form_by_id(form_id), feel.Scope(at=run.at, calendar=run.calendar)
    if keys := form.dead_ends({"accepted_at": run.accepted_at, **scope.variables}, now):
        run.open_incident(number, element, scope, Failed(NO_CHOICE, ", ".join(keys)), after="limit")


def _group_from(run: Running, element: Element, scope: Scope) -> str:
    """Return the department that an expression names; empty where there is none, or where it names nobody."""
    text = element.properties.get("groupFrom", "")
    department = run.evaluate(text, scope) if text else None
    return department.strip() if isinstance(department, str) else ""


def _place(run: Running, scope: Scope) -> Occurrence:
    """Return which item of how many a scope lies in; empty when in none."""
    item = run.case.scopes.item_around(scope.number)
    return {} if item is None else {"index": item.index, "count": item.count}


_take_away = work.taking_away(WaitKind.USER_TASK)


def take_away(run: Running, number: int, wait: Wait) -> None:
    """Say that nobody is asked any more; the customer is not waited for either."""
    _take_away(run, number, wait)
    if wait.kind is WaitKind.USER_TASK:
        deadlines.resume(run, number, wait.element)


def complete(run: Running, token: Token, form: Mapping[str, object], by: str, aside: Collection[str] = ()) -> None:
    """Complete the step with the validated values with which a person has answered, these doubts set aside."""
    paths = _shown(run, token)
    step: TaskCompleted = {
        "type": "user_task_completed",
        "scope": token.scope.number,
        "token": token.number,
        "element": token.element.id,
        "form": form,
        "by": by,
    }
    if paths:
        step["shown"] = paths
    if aside:
        step["despite"] = list(aside)
    run.add(step)
    deadlines.resume(run, token.number, token.element.id)
    _approve(run, token, by)
    deadlines.done(run, token)


def _shown(run: Running, token: Token) -> list[str] | None:
    """Return what lies beside the form as it is answered; the values are those that the record gives for then. Earlier versions did not say it."""
    form = run.definition.form_by_id(token.element.properties["form"])
    variables, secret = {"accepted_at": run.accepted_at, **token.scope.variables}, run.definition.private.secret
    paths = form.shown_beside({name: value for name, value in variables.items() if name not in secret}) or None
    return run.as_told("user_task_completed", token.number, "shown", paths, before=None)


def _approve(run: Running, token: Token, by: str) -> None:
    """Record what a step that approves says: what, for how much, of which kind and for whom; a no takes an earlier yes back."""
    properties, scope = token.element.properties, token.scope
    name = properties.get("approves", "")
    if not name:
        return
    condition = properties.get("approvedWhen", "")
    texts = {part: properties[prop] for part, prop in APPROVAL.items() if properties.get(prop)}
    parts = {part: run.evaluate(text, scope) for part, text in texts.items()}
    approval = parts | {"by": by, "step": token.element.id}
    variables = {name: approval if not condition or run.evaluate(condition, scope) is True else None}
    run.entered.overwritten(name, scope.number)
    run.add(
        {
            "type": "approval_given",
            "scope": scope.number,
            "token": token.number,
            "element": token.element.id,
            "variables": variables,
        }
    )


def problems(element: Element, diagram: Diagram, content: Package) -> Iterator[Problem]:
    """Check that a step has a form that can be filled in, a name, and somebody who does it: once."""
    yield from _form(element, content)
    if not element.name.strip():
        yield problem(element, "step_without_name")
    if not (element.lane or element.properties.get("group")):
        yield problem(element, "no_group")
    names = diagram.lanes_of.get(element.id, ())
    if len(names) > 1 and not element.properties.get("group"):
        yield problem(element, "in_two_lanes", lanes=", ".join(names))


def _form(element: Element, content: Package) -> Iterator[Problem]:
    form_id = element.properties.get("form", "")
    problems_of_form: list[Problem] = []
    try:
        problems_of_form = form_lint.key_twice(content.form(form_id))
        form = Form.parse(content.form(form_id))
        problems_of_form += [*form_lint.problems(form), *form_lint.unlabelled(form), *pattern_lint.problems(form)]
    except MissingFile:
        yield problem(element, "unknown_form", form=form_id)
    except InvalidDefinition as error:
        problems_of_form += error.problems
    for inner in problems_of_form:
        values = {"form": form_id, **inner.values}
        yield Problem(inner.line, element.id, inner.rule, values, f"forms/{form_id}.form")


STEPS = frozenset(
    {
        *("user_task_created", "user_task_claimed", "user_task_released", "user_task_assigned", "user_task_cancelled"),
        *(
            "user_task_completed",
            "approval_given",
            "clock_paused",
            "clock_resumed",
            "deadline_missed",
            "case_limit_met",
        ),
    }
)
PROPERTIES = frozenset(
    {
        *("form", "paper", "notBy", "skippedWhen", "tries", "triesWhen"),
        *("group", "groupFrom", "due", "dueGroup", "caseLimit", "caseLimitWhen", settings.WAITS, settings.AWAITS),
        *("approves", *settings.APPROVED),
    }
)
KIND = Kind(
    properties=PROPERTIES,
    problems=problems,
    arrive=arrive,
    take_away=take_away,
    steps=STEPS,
    done="user_task_completed",
)
