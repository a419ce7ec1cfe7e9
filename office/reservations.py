"""What a case has in reserve of a customer's lines is free again, in the same commit, when it is refused, when the process that reserved it is over, and
at the latest when the case ends; what it gave back stays given, what waits for a run or a Thursday stays reserved.

A key of the ledger ends in the token of the service task that acts under it; where that token was, the record says.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import proof, record
from engine.record.case_steps import CaseStep
from engine.running import Change
from office import intake
from service_tasks.gateway import gateway

ENDS = ("instance_completed", "instance_cancelled")
OTHER_NUMBER = "other_number"
SETTLEMENT = "settlement"  # what accounting does not settle goes back to be put right, which refuses nothing


def follow(change: Change) -> None:
    """Free what the case has in reserve when it ends, however it does: replied to, refused, withdrawn or cancelled; and before, what nobody waits for."""
    if any(step["type"] in ENDS for step in change.steps):
        gateway().release(change.business_key)
        return
    calls = [step["called"] for step in change.steps if step["type"] in ("call_left", "call_cancelled")]
    refusing = [record.scope_of(step) for step in change.steps if _refuses(step)]
    if calls or refusing:
        _free(change, calls, refusing)
    if calls and change.key == intake.PROCESS and any(_is_handled(step) for step in change.steps):
        gateway().release_papers(change.business_key)


def _refuses(step: CaseStep) -> bool:
    """Tell whether a step that approves said no."""
    approvals = step["variables"] if step["type"] == "approval_given" else {}
    return any(value is None for name, value in approvals.items() if name != SETTLEMENT)


def _is_handled(step: CaseStep) -> bool:
    """Tell whether the process is over that the complaint itself was given to."""
    return step["type"] == "call_left" and not step.get("scope")


def _free(change: Change, calls: list[int], refusing: list[int]) -> None:
    """Free what was reserved in a call that is over, and what a refusal is about: what was reserved nearest around it."""
    keys = gateway().reserved_under(change.business_key)
    if not keys:
        return
    scopes_by_token, scopes = proof.places(change.instance_id)
    keys_by_scope: dict[int, list[str]] = {}
    for key in keys:
        token = key.rpartition(":")[2]
        scope = scopes_by_token.get(int(token)) if token.isdecimal() else None
        if scope is not None:
            keys_by_scope.setdefault(scope, []).append(key)
    over = {scope for scope in keys_by_scope if set(calls).intersection(_around(scope, scopes))}
    nearest = (
        next((around for around in _around(scope, scopes) if around in keys_by_scope), None)
        for scope in refusing
        if not _is_about_the_number(scope, scopes)
    )
    refused_scopes = {scope for scope in nearest if scope is not None}
    for scopes_freed, refused_at in ((refused_scopes, change.at), (over - refused_scopes, None)):
        freed = [key for scope in scopes_freed for key in keys_by_scope[scope]]
        gateway().free_under(change.business_key, freed, refused_at=refused_at)


def _is_about_the_number(scope: int, scopes: record.Scopes) -> bool:
    """Tell whether what was refused is only that the money goes to another number: the lines wait for the next proposal."""
    approving = scopes.known(scope)
    return approving is not None and approving.own.get("authority_basis") == OTHER_NUMBER


def _around(number: int, scopes: record.Scopes) -> Iterator[int]:
    """Yield a scope and those it lies in, the innermost first."""
    scope = scopes.known(number)
    while scope is not None and scope.number:
        yield scope.number
        scope = scopes.known(scope.parent)
    yield 0
