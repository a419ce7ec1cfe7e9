"""What people read by class of error: one text for each, and one for each kind."""

from __future__ import annotations

from flask_babel import gettext

from web.telling.i18n import mark as _

# For whoever may not check what is their own: a step, a request, a payment, a draft.
BY_ANOTHER = _(
    "Somebody else has to do this: you asked for it, prepared it or had a hand in it, under this log-in or another."
)
TEXTS = {
    "UnknownUserTask": _("There is no such task."),
    "UnknownInstance": _("There is no such case."),
    "UnknownCase": _("There is no such case."),
    "UnknownJob": _("There is no such work that has failed."),
    "UnknownMessage": _("There is no such text message that waits to be sent."),
    "UnknownNotice": _("There is no such notice."),
    "UnknownProcess": _("There is no such process."),
    "UnknownIncident": _("There is no such incident."),
    "NotACandidate": _("This task belongs to another department. Only its members may work on it."),
    "NotASupervisor": _("Only a supervisor may do this."),
    "MayNotHaveNamed": _("Only a supervisor has a liability named."),
    "NotToName": _("Nobody has to be named for it, or a step asks for it already."),
    "UnknownLiability": _("There is no liability of this number."),
    **dict.fromkeys(("FourEyesViolation", "SamePerson", "OwnPayment", "NotASecondPerson"), BY_ANOTHER),
    "NotGranting": _("Extensions are granted by a supervisor, reversals by a supervisor and accounting."),
    "UnknownReceipt": _("There is no receipt of this number."),
    "NoReasonForCopy": _("The receipt has been printed before. Please say why it is printed again."),
    "NotOfPaper": _("An electronic invoice is not printed at the counter."),
    "ReceiptGivenBack": _("The receipt has been taken back or is spent, so it is not printed again."),
    "UnknownOrder": _("There is no work order of this number."),
    "NotTheSender": _("Only those whose case waits for a work order, and supervisors, chase it."),
    "NothingToChase": _("The work order is answered already; nobody need be chased."),
    "ChasedAlready": _("The department has just been chased. It may be chased once in four hours."),
    "UnknownRequest": _("There is no such request that waits for an answer."),
    "NotDone": _("This cannot be done as it was asked for. Nothing was changed."),
    "NoComplaint": _("This case is not one of a customer's complaint."),
    "NotForYou": _("Only a supervisor may do this."),
    "NoPaper": _("This step has no such paper."),
    "NoAmount": _("The paper cannot be printed yet: please enter its amount at the step first."),
    "NotSet": _("The paper could not be printed. Please try again, or tell the operator of the system."),
    "NotYourCase": _("This case has not been with your department, so it cannot be shown to you."),
    "NotAtACounter": _("Only counters take complaints in and look at customers."),
    "NotOfTheDepartment": _("Please choose somebody of the department this task belongs to."),
    "RoleMissing": _("This page belongs to another role."),
    "BeginsElsewhere": _("This process is not begun with a complaint; another process or a date begins it."),
    "OwnHousehold": _(
        "This number belongs to your own household, so a colleague has to work on it. Nothing was changed."
    ),
    "NoticesUnread": _("There are notices to read and confirm before the next case."),
    "ClaimedByAnother": _("A colleague has taken this task."),
    "AlreadyCompleted": _("This task is done already. Nothing was changed."),
    "InstanceEnded": _("This case is closed. Nothing was changed."),
    "StaleInstance": _("Somebody has just changed this case. Please look again and repeat."),
    "CannotGoOn": _(
        "From here the process would go on without end. Nothing was changed; the operator of the system has been told."
    ),
    "EndlessLoop": _(
        "From here the process would go on without end. Nothing was changed; please tell the operator of the system."
    ),
    "FeelLimit": _(
        "An expression of this process takes more than it may. Nothing was changed; please tell the operator of the system."
    ),
    "UnusableKey": _(
        "The case cannot wait for a message under what was entered, because it is too long. Nothing was changed."
    ),
    "NotAllReleased": _("Some of the waiting cases could not go on; the others have."),
    "KeyUsedAgain": _(
        "This key was used for another request already. Nothing was changed; give every request a key of its own."
    ),
    "IncidentResolved": _("This incident is settled already."),
    "EntryRefused": _("What was entered is refused. Nothing was changed."),
    "Doubted": _("What was entered can hardly be meant. Nothing was changed; it can be confirmed."),
    "InvalidForm": _("Some fields are not filled in correctly. Nothing was changed."),
    "InvalidDefinition": _("The process has problems and cannot be published."),
    "BrokenChain": _("The record of this case does not agree with itself. Please tell the operator of the system."),
    "StaleDraft": _("Somebody else has saved this draft since you opened it. Look at theirs before you save yours."),
    "SubmittedDraft": _("This draft has been submitted for approval. Saving takes that back; say that this is meant."),
    "UnknownParameter": _("The address asks by a name that nothing here has. Nothing is shown or sent."),
    "WrongAddress": _("The address asks for something that cannot be shown."),
    "NotAnOwner": _("Only a process owner may change processes."),
    "UnusableFile": _("This file cannot be kept with the process: check its name and size."),
    "NothingChanged": _("This is what is published already. Nothing was changed."),
    "NotSubmitted": _("This draft has not been submitted for approval."),
    "NotSubmittedTogether": _("These drafts have not been submitted together, or one of them has been taken back."),
    "SubmittedTogether": _(
        "This draft was submitted together with others. It is approved or given back with them, on their page."
    ),
    "FilesDiffer": _("Two of these drafts hold the same file with different contents."),
    "TooFew": _("Only several drafts go into force together. A single one has its own page."),
    "ScenariosNotPlayed": _("Play the scenarios on the draft first."),
    "DifferencesNotAccepted": _(
        "Some scenarios differ from what was agreed. Confirm that this is meant, or change the draft."
    ),
    "NoReason": _("Please say why, in one or two sentences."),
    "NobodyToApprove": _(
        "Nobody is left to approve this: every process owner has saved this draft or submits it. Ask the operator of the system to name another process owner."
    ),
    "TooLong": _("This try has become too long to go on. Begin another one."),
    "NotATry": _("This is not a try of this process. Begin one."),
    "MayNotErase": _("Only a supervisor may have personal data erased."),
    "NotClosed": _("The case is still being handled, so its personal data are needed. Nothing was erased."),
    "StillUnderWay": _("Something of this case has still to be carried out. Nothing was erased."),
    "AlreadyErased": _("The personal data of this case have been erased already."),
    "NoReasonGiven": _("Please say why, in one or two sentences."),
    "FixtureRefused": _("The scenario gives something that this office cannot hold."),
    "InvalidVariables": _("The case cannot begin with these values."),
    "PeriodUnknown": _(
        "No batch is collected under this period, its time has not come, or it is not the period of this batch."
    ),
    "SubscriptionUnknown": _("No customer has this number."),
    "NotFound": _("What you asked for is not here."),
    "NotPermitted": _("You may not do this."),
    "Conflict": _("This has changed since you looked. Please look again."),
    "Invalid": _("What was entered cannot be accepted."),
    "Corrupt": _("The record contradicts itself. Please tell the operator of the system."),
}


def texts() -> dict[str, str]:
    """Return what people read, by error class; what is not listed reads as its kind."""
    return {code: gettext(text) for code, text in TEXTS.items()}


def why_barred(code: str) -> str:
    """Return why somebody else has to do a task, by the code of the refusal."""
    text = TEXTS.get(code) or TEXTS["NotPermitted"]
    return gettext(text)
