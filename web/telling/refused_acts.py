"""What somebody wanted to do and was refused, in words: by the endpoint that refused it, and why by the code of its error."""

from __future__ import annotations

from flask_babel import gettext

from engine.record.person_steps import ActRefused
from web.telling import error_catalogue, names


def told(step: ActRefused) -> str:
    """Return a refused act in the language of the page, without the number of its case."""
    parts = [
        gettext("wanted to %(act)s and was refused", act=_wanted(step["what"])),
        *([gettext("with personal data")] if step.get("personal") else []),
        *([gettext("customer %(number)s", number=step["number"])] if step.get("number") else []),
        *([_at(step)] if "process" in step else []),
        error_catalogue.why_barred(step["why"]),
        *([gettext("More of the kind within the hour are not written down.")] if step.get("last") else []),
    ]
    return " · ".join(part for part in parts if part)


def _at(step: ActRefused) -> str:
    """Return the step or the process that it was about."""
    process = step["process"]
    if "element" not in step:
        return names.process_name(process)
    return names.element_name(process, step["element"])


def _wanted(endpoint: str) -> str:
    acts = _acts()
    room = endpoint.partition(".")[0]
    return acts.get(endpoint) or _rooms().get(room) or gettext("open a page or send what is not theirs")


def _acts() -> dict[str, str]:
    """Return what is done at the endpoints that act, each as it follows “wanted to”."""
    return {
        **_requests(),
        **_of_a_case(),
        **_of_a_task(),
        **_taken_away(),
        **_elsewhere(),
    }


def _requests() -> dict[str, str]:
    extension, reversal = gettext("ask for more time"), gettext("ask for a credit to be reversed")
    grant, refusal = gettext("grant a request"), gettext("refuse a request")
    return {
        "acts.ask_extension": extension,
        "api.Extensions": extension,
        "acts.ask_reversal": reversal,
        "api.Reversals": reversal,
        **dict.fromkeys(("acts.grant_extension", "acts.agree_reversal", "api.RequestGrant"), grant),
        **dict.fromkeys(("acts.refuse", "api.RequestRefusal"), refusal),
    }


def _of_a_case() -> dict[str, str]:
    withdraw, void = gettext("withdraw a case for the customer"), gettext("void a case")
    unreached, tries = gettext("close a case as not reached"), gettext("write down that a customer was tried")
    message, see = gettext("tell the customer something"), gettext("look at a case of others")
    return {
        **dict.fromkeys(("acts.withdraw", "api.Withdrawal"), withdraw),
        **dict.fromkeys(("acts.void", "api.Voiding"), void),
        **dict.fromkeys(("acts.close_unreached", "api.Unreached"), unreached),
        **dict.fromkeys(("acts.try_customer", "api.Tries"), tries),
        **dict.fromkeys(("cases.reply", "cases.tell_instead", "cases.post_letter", "api.MessageOutcome"), message),
        **dict.fromkeys(("cases.case", "replay.page", "api.OneInstance", "api.Entries", "api.Acts"), see),
        "cases.comment": gettext("leave a remark on a case"),
        "cases.erase": gettext("have personal data erased"),
        "replay.verify": gettext("verify a case"),
    }


def _of_a_task() -> dict[str, str]:
    work, completion = gettext("look at a step of others"), gettext("complete a step")
    claim, release = gettext("take a step"), gettext("give a step back")
    return {
        **dict.fromkeys(("tasklist.task", "tasklist.customer", "api.OneTask"), work),
        **dict.fromkeys(("tasklist.fields", "tasklist.lines"), gettext("fill in a step of others")),
        **dict.fromkeys(("tasklist.complete", "orders.verify", "api.TaskCompletion"), completion),
        **dict.fromkeys(("tasklist.claim", "api.TaskClaim"), claim),
        **dict.fromkeys(("tasklist.release", "api.TaskRelease"), release),
        "supervision.assign": gettext("hand a step to somebody"),
        "orders.chase": gettext("chase a work order"),
    }


def _taken_away() -> dict[str, str]:
    paper = gettext("print a paper")
    return {
        "audit.history": gettext("take the history of a case away"),
        "audit.log": gettext("take an event log away"),
        "tasklist.sheet": gettext("take the file of a secondary-pricing run away"),
        "proof.page": gettext("see the evidence for the customer"),
        **dict.fromkeys(("papers.of_case", "papers.of_order", "papers.of_task", "papers.of_receipt"), paper),
        "api.Messages": gettext("fetch the text messages that wait to be sent"),
    }


def _elsewhere() -> dict[str, str]:
    intake = gettext("take a complaint in")
    return {
        **dict.fromkeys(("intake.accept", "intake.form", "intake.suggestion", "api.Instances"), intake),
        **dict.fromkeys(("customers.customer", "intake.caller", "api.OneAccount"), gettext("look a customer up")),
        "supervision.have_named": gettext("have somebody named for a liability"),
        "supervision.liabilities": gettext("look at the liability page"),
        "notices.publish": gettext("publish a notice"),
        "notices.withdraw": gettext("withdraw a notice"),
        **dict.fromkeys(("publication.approve", "joint.approve"), gettext("approve a change of a process")),
    }


def _rooms() -> dict[str, str]:
    """Return what is done at any other endpoint of a room."""
    change = gettext("change a process")
    return {
        **dict.fromkeys(("drafts", "editor", "joint", "publication", "trials"), change),
        "audit": gettext("open a page of the audit"),
        "incidents": gettext("work on incidents of the system"),
        "supervision": gettext("open a page of the supervisors"),
    }
