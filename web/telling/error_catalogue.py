"""What people read by class of error: one text for each, and one for each kind."""

from __future__ import annotations

from flask_babel import gettext


def texts() -> dict[str, str]:
    """Return what people read, by error class; what is not listed reads as its kind."""
    return {
        "UnknownUserTask": gettext("There is no such task."),
        "UnknownInstance": gettext("There is no such case."),
        "UnknownCase": gettext("There is no such case."),
        "UnknownJob": gettext("There is no such work that has failed."),
        "UnknownMessage": gettext("There is no such text message that waits to be sent."),
        "UnknownNotice": gettext("There is no such notice."),
        "UnknownProcess": gettext("There is no such process."),
        "UnknownIncident": gettext("There is no such incident."),
        "NotACandidate": gettext("This task belongs to another department. Only its members may work on it."),
        "NotASupervisor": gettext("Only a supervisor may do this."),
        "MayNotHaveNamed": gettext("Only a supervisor has a liability named."),
        "NotToName": gettext("Nobody has to be named for it, or a step asks for it already."),
        "UnknownLiability": gettext("There is no liability of this number."),
        **dict.fromkeys(("FourEyesViolation", "SamePerson", "OwnPayment", "NotASecondPerson"), _by_another()),
        "NotGranting": gettext("Extensions are granted by a supervisor, reversals by a supervisor and accounting."),
        "UnknownReceipt": gettext("There is no receipt of this number."),
        "NoReasonForCopy": gettext("The receipt has been printed before. Please say why it is printed again."),
        "NotOfPaper": gettext("An electronic invoice is not printed at the counter."),
        "ReceiptGivenBack": gettext("The receipt has been taken back or is spent, so it is not printed again."),
        "UnknownOrder": gettext("There is no work order of this number."),
        "NotTheSender": gettext("Only those whose case waits for a work order, and supervisors, chase it."),
        "NothingToChase": gettext("The work order is answered already; nobody need be chased."),
        "ChasedAlready": gettext("The department has just been chased. It may be chased once in four hours."),
        "UnknownRequest": gettext("There is no such request that waits for an answer."),
        "NotDone": gettext("This cannot be done as it was asked for. Nothing was changed."),
        "NoComplaint": gettext("This case is not one of a customer's complaint."),
        "NotForYou": gettext("Only a supervisor may do this."),
        "NoPaper": gettext("This step has no such paper."),
        "NoAmount": gettext("The paper cannot be printed yet: please enter its amount at the step first."),
        "NotSet": gettext("The paper could not be printed. Please try again, or tell the operator of the system."),
        "NotYourCase": gettext("This case has not been with your department, so it cannot be shown to you."),
        "NotAtACounter": gettext("Only counters take complaints in and look at customers."),
        "NotOfTheDepartment": gettext("Please choose somebody of the department this task belongs to."),
        "RoleMissing": gettext("This page belongs to another role."),
        "BeginsElsewhere": gettext("This process is not begun with a complaint; another process or a date begins it."),
        "OwnHousehold": gettext(
            "This number belongs to your own household, so a colleague has to work on it. Nothing was changed."
        ),
        "NoticesUnread": gettext("There are notices to read and confirm before the next case."),
        "ClaimedByAnother": gettext("A colleague has taken this task."),
        "AlreadyCompleted": gettext("This task is done already. Nothing was changed."),
        "InstanceEnded": gettext("This case is closed. Nothing was changed."),
        "StaleInstance": gettext("Somebody has just changed this case. Please look again and repeat."),
        "CannotGoOn": gettext(
            "From here the process would go on without end. Nothing was changed; the operator of the system has been told."
        ),
        "EndlessLoop": gettext(
            "From here the process would go on without end. Nothing was changed; please tell the operator of the system."
        ),
        "FeelLimit": gettext(
            "An expression of this process takes more than it may. Nothing was changed; please tell the operator of the system."
        ),
        "UnusableKey": gettext(
            "The case cannot wait for a message under what was entered, because it is too long. Nothing was changed."
        ),
        "NotAllReleased": gettext("Some of the waiting cases could not go on; the others have."),
        "KeyUsedAgain": gettext(
            "This key was used for another request already. Nothing was changed; give every request a key of its own."
        ),
        "IncidentResolved": gettext("This incident is settled already."),
        "EntryRefused": gettext("What was entered is refused. Nothing was changed."),
        "Doubted": gettext("What was entered can hardly be meant. Nothing was changed; it can be confirmed."),
        "InvalidForm": gettext("Some fields are not filled in correctly. Nothing was changed."),
        "InvalidDefinition": gettext("The process has problems and cannot be published."),
        "BrokenChain": gettext(
            "The record of this case does not agree with itself. Please tell the operator of the system."
        ),
        "StaleDraft": gettext(
            "Somebody else has saved this draft since you opened it. Look at theirs before you save yours."
        ),
        "SubmittedDraft": gettext(
            "This draft has been submitted for approval. Saving takes that back; say that this is meant."
        ),
        "UnknownParameter": gettext("The address asks by a name that nothing here has. Nothing is shown or sent."),
        "WrongAddress": gettext("The address asks for something that cannot be shown."),
        "NotAnOwner": gettext("Only a process owner may change processes."),
        "UnusableFile": gettext("This file cannot be kept with the process: check its name and size."),
        "NothingChanged": gettext("This is what is published already. Nothing was changed."),
        "NotSubmitted": gettext("This draft has not been submitted for approval."),
        "NotSubmittedTogether": gettext(
            "These drafts have not been submitted together, or one of them has been taken back."
        ),
        "SubmittedTogether": gettext(
            "This draft was submitted together with others. It is approved or given back with them, on their page."
        ),
        "FilesDiffer": gettext("Two of these drafts hold the same file with different contents."),
        "TooFew": gettext("Only several drafts go into force together. A single one has its own page."),
        "ScenariosNotPlayed": gettext("Play the scenarios on the draft first."),
        "DifferencesNotAccepted": gettext(
            "Some scenarios differ from what was agreed. Confirm that this is meant, or change the draft."
        ),
        "NoReason": gettext("Please say why, in one or two sentences."),
        "NobodyToApprove": gettext(
            "Nobody is left to approve this: every process owner has saved this draft or submits it. Ask the operator of the system to name another process owner."
        ),
        "TooLong": gettext("This try has become too long to go on. Begin another one."),
        "NotATry": gettext("This is not a try of this process. Begin one."),
        "MayNotErase": gettext("Only a supervisor may have personal data erased."),
        "NotClosed": gettext("The case is still being handled, so its personal data are needed. Nothing was erased."),
        "StillUnderWay": gettext("Something of this case has still to be carried out. Nothing was erased."),
        "AlreadyErased": gettext("The personal data of this case have been erased already."),
        "NoReasonGiven": gettext("Please say why, in one or two sentences."),
        "FixtureRefused": gettext("The scenario gives something that this office cannot hold."),
        "InvalidVariables": gettext("The case cannot begin with these values."),
        "PeriodUnknown": gettext(
            "No batch is collected under this period, its time has not come, or it is not the period of this batch."
        ),
        "SubscriptionUnknown": gettext("No customer has this number."),
        "NotFound": gettext("What you asked for is not here."),
        "NotPermitted": gettext("You may not do this."),
        "Conflict": gettext("This has changed since you looked. Please look again."),
        "Invalid": gettext("What was entered cannot be accepted."),
        "Corrupt": gettext("The record contradicts itself. Please tell the operator of the system."),
    }


def why_barred(code: str) -> str:
    """Return why somebody else has to do a task, by the code of the refusal."""
    return texts().get(code) or texts()["NotPermitted"]


def _by_another() -> str:
    """Return the one sentence for whoever may not check what is their own: a step, a request, a payment, a draft."""
    return gettext(
        "Somebody else has to do this: you asked for it, prepared it or had a hand in it, under this log-in or another."
    )
