"""The shapes of the REST API as marshmallow schemas, all in one file because they name each other: what a request may hold, what an answer holds. Nothing is looked up here.

Amounts in answers are integer fen; in a form they are typed in yuan, as on the pages. Instants are ISO 8601 in UTC.
"""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from web.edge import addresses


class Complaint(Schema):
    """What a case begins with; the same as is entered at the counter."""

    msisdn = fields.String(required=True)
    complaint_text = fields.String(required=True)
    channel = fields.String(load_default="telephone")
    demand = fields.String(load_default="")
    disputed_amount = fields.Integer(load_default=None, allow_none=True, strict=True, metadata={"description": "fen"})
    process = fields.String(
        load_default="",
        metadata={"description": "intake only: the process confirmed; empty for the likeliest, when any is recognised"},
    )
    overrule_reason = fields.String(load_default="", metadata={"description": "why it is not the suggested one"})
    number_confirmed = fields.Boolean(
        load_default=False, metadata={"description": "the number is right although no customer has it"}
    )


class Start(Schema):
    """What to start a process with."""

    variables = fields.Nested(Complaint, required=True)


class Trouble(Schema):
    """Something on the way that was refused or could not be carried out."""

    element = fields.String(required=True)
    code = fields.String(metadata={"description": "of the refusal, or the kind of the failure"})
    refused = fields.Boolean(metadata={"description": "false: it broke, and the operator has been told"})
    text = fields.String(metadata={"description": "in the caller's language"})


class TaskFilter(Schema):
    """Which open user tasks to list, of those the caller may work on."""

    group = addresses.DEPARTMENT
    process = addresses.PROCESS
    after = addresses.Cursor(
        addresses.TASK, undated=True, metadata={"description": "`next` of the page before", "type": "string"}
    )


class Task(Schema):
    """A user task as it stands in a worklist."""

    id = fields.Integer(required=True)
    case_number = fields.String()
    process = fields.String()
    name = fields.String(metadata={"description": "in the caller's language"})
    item_index = fields.Integer(
        allow_none=True, metadata={"description": "which item of a list it is done for, from 1; null when for none"}
    )
    item_count = fields.Integer(allow_none=True, metadata={"description": "how many items the list has"})
    group = fields.String()
    assignee = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    paused = fields.Boolean(metadata={"description": "the clock stands still meanwhile"})


class ListedTask(Task):
    """A user task in a worklist."""

    barred = fields.String(
        metadata={"description": "why somebody else has to do it: the code of the refusal; empty when the caller may"}
    )


class OpenTask(Task):
    """An open task of the case one has just worked on."""

    workable = fields.Boolean(metadata={"description": "the caller may complete it now"})


class Advanced(Schema):
    """What a step led to."""

    instance_id = fields.Integer(required=True)
    case_number = fields.String()
    user_task_ids = fields.List(fields.Integer(), metadata={"description": "user tasks now open in the case"})
    ended = fields.Boolean()
    tasks = fields.List(fields.Nested(OpenTask), metadata={"description": "the same tasks as a worklist shows them"})
    troubles = fields.List(
        fields.Nested(Trouble), metadata={"description": "what did not work on the way; empty when all of it did"}
    )


class TaskPage(Schema):
    """One page of a worklist, the most urgent first."""

    tasks = fields.List(fields.Nested(ListedTask))
    next = fields.String(allow_none=True, metadata={"description": "give it as `after`; null on the last page"})


class Option(Schema):
    """One choice of a field."""

    value = fields.String()
    label = fields.String()


class CaseOfLine(Schema):
    """What became of what a case has of a line: reserved, credited, refunded, held, re_priced or reversed."""

    case = fields.String()
    state = fields.String()


class RejectionOfLine(Schema):
    """That a case asked for a line and was refused it; the line can be picked again."""

    case = fields.String()
    at = fields.DateTime()


class PickableLine(Schema):
    """A line of the customer's papers; it is picked as {line, amount, reason}, the amount in yuan, `component` for one part of a call."""

    line = fields.String(metadata={"description": "address, such as bill-item:2026-11:3 or call:17"})
    text = fields.String()
    at = fields.DateTime(allow_none=True)
    amount = fields.Integer(metadata={"description": "fen"})
    left = fields.Integer(metadata={"description": "fen that no case has"})
    cases = fields.List(fields.String(), metadata={"description": "the cases that have something of it"})
    became = fields.List(fields.Nested(CaseOfLine), metadata={"description": "what became of that, by case"})
    rejected = fields.List(fields.Nested(RejectionOfLine), metadata={"description": "where it was refused before"})


class FormField(Schema):
    """One field of a task's form, in the caller's language."""

    key = fields.String()
    type = fields.String(metadata={"description": "as in the form-js schema"})
    label = fields.String()
    description = fields.String()
    required = fields.Boolean()
    unit = fields.String(metadata={"description": "fen: the amount is typed in yuan"})
    options = fields.List(fields.Nested(Option))
    value = fields.Raw(allow_none=True, metadata={"description": "what stands in it at first, as typed"})
    lines = fields.List(
        fields.Nested(PickableLine), metadata={"description": "what can be picked, of a field of the type lines"}
    )


class TaskDetail(Task):
    """A user task with what is needed to complete it."""

    instance_id = fields.Integer()
    element_id = fields.String()
    state = fields.String(validate=validate.OneOf(["open", "completed", "cancelled"]))
    documentation = fields.String()
    manual_refs = fields.List(fields.String())
    form = fields.List(fields.Nested(FormField), metadata={"description": "empty once the task is no longer open"})


class RequestKey(Schema):
    """A key of the caller's own: the same request sent again under it is answered as before, and nothing happens twice."""

    class Meta:
        unknown = EXCLUDE

    key = fields.String(data_key="Idempotency-Key", load_default="", validate=validate.Length(max=255))


class Completion(Schema):
    """What was entered, by field key; a list for fields that take several."""

    form = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    despite = fields.List(
        fields.String(validate=validate.Length(max=120)),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={
            "description": "codes of refusals (EntryRefused) and doubts (Doubted) that were told and are to be recorded all the same"
        },
    )


class Instance(Schema):
    """A case and where it stands."""

    id = fields.Integer(required=True)
    case_number = fields.String()
    process = fields.String()
    version = fields.Integer()
    state = fields.String(validate=validate.OneOf(["active", "completed", "cancelled"]))
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    overdue = fields.Boolean()
    active = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "tokens by element id"}
    )
    tasks = fields.List(fields.Nested(Task), metadata={"description": "its open user tasks"})


class Telling(Schema):
    """How the customer is told."""

    tell = fields.String(
        load_default="sms", metadata={"description": "sms, phone, counter or letter: by which way the customer is told"}
    )


class Granting(Telling):
    """Granting a request: how the customer is told, and whether cash that is taken back has been handed back at the counter."""

    handed_back = fields.Boolean(
        load_default=False,
        metadata={"description": "of a reversal: the customer has handed the cash back; a receipt number is given out"},
    )


class Because(Schema):
    """Why."""

    reason = fields.String(load_default="", metadata={"description": "1 to 300 characters"})


class Withdrawal(Telling, Because):
    """The customer's withdrawal."""

    said_by = fields.String(load_default="", metadata={"description": "customer, holder or agent"})
    channel = fields.String(load_default="", metadata={"description": "counter, phone or letter"})


class Voiding(Telling, Because):
    """A case that the office entered in error."""

    tell = fields.String(
        load_default="nobody",
        metadata={"description": "nobody, where the customer never heard of the case; sms, phone, counter or letter"},
    )


class ExtensionAsked(Because):
    """More time."""

    until = fields.Date(load_default=None, metadata={"description": "a working day, at most five after the limit"})


class ReversalAsked(Because):
    """A credit to be taken back."""

    entry = fields.String(load_default="", metadata={"description": "the key of one of the case's credits"})


class Try(Schema):
    """A try to reach the customer."""

    channel = fields.String(load_default="", metadata={"description": "phone, sms, visit or letter"})


class CaseRequest(Schema):
    """What somebody asked for in a case and somebody else grants."""

    number = fields.Integer()
    verb = fields.String(metadata={"description": "extend or reverse"})
    state = fields.String(metadata={"description": "asked, agreed (by the first of two), granted, refused or lapsed"})
    until = fields.AwareDateTime(allow_none=True)
    entry = fields.String(attribute="entry_key", allow_none=True)
    amount = fields.Integer(allow_none=True, metadata={"description": "fen"})
    asked_by = fields.String()
    asked_at = fields.AwareDateTime()
    agreed_by = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)


class CustomerTry(Schema):
    """When the customer of a case was tried and not reached."""

    attempt = fields.Integer()
    channel = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()


class Credit(Schema):
    """A credit of a case that can be taken back."""

    key = fields.String()
    kind = fields.String()
    at = fields.AwareDateTime()
    amount = fields.Integer(metadata={"description": "fen"})


class Acts(Schema):
    """How a case stands with what was done to it outside its steps."""

    case_number = fields.String(required=True)
    ended = fields.Boolean()
    outcome = fields.String(
        allow_none=True, metadata={"description": "withdrawn, voided or not_reached; null for any other end"}
    )
    due_at = fields.AwareDateTime(allow_none=True)
    requests = fields.List(fields.Nested(CaseRequest))
    tries = fields.List(fields.Nested(CustomerTry))
    credits = fields.List(fields.Nested(Credit))


class EntryFilter(Schema):
    """Which entries of a history to list."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=addresses.MOST_NUMBER),
        metadata={"description": "sequence of the last entry seen"},
    )


class Entry(Schema):
    """One entry of a case's history."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime()
    actor = fields.String()
    steps = fields.List(fields.Dict())
    hash = fields.String(metadata={"description": "hex"})


class RedInvoice(Schema):
    """What reversed an electronic invoice for cash; void since the cash was handed back."""

    number = fields.String()
    amount = fields.Integer(metadata={"description": "fen"})
    case = fields.String(allow_none=True)
    at = fields.DateTime()
    void = fields.Boolean()


class Receipt(Schema):
    """A receipt or a replacement over the rest of one; cash is paid against the one that is `current` for its payment."""

    number = fields.String()
    kind = fields.String()
    medium = fields.String(validate=validate.OneOf(["paper", "electronic"]))
    amount = fields.Integer(metadata={"description": "fen"})
    refunded = fields.Integer(metadata={"description": "fen that went back of it"})
    left = fields.Integer(metadata={"description": "fen that its payment still holds; 0 on a paper that was replaced"})
    issued_at = fields.DateTime()
    original = fields.String(metadata={"description": "the receipt of the payment itself"})
    current = fields.String(metadata={"description": "the paper that stands for the payment now"})
    red_invoices = fields.List(fields.Nested(RedInvoice))


class Account(Schema):
    """A number with its balances in fen and its receipts."""

    msisdn = fields.String(required=True)
    kind = fields.String()
    state = fields.String()
    prepayment = fields.Integer()
    bill_due = fields.Integer()
    late_fee = fields.Integer()
    deposit = fields.Integer()
    held = fields.Integer()
    receipts = fields.List(fields.Nested(Receipt), metadata={"description": "the newest first"})


class Message(Schema):
    """A text message that waits to be sent."""

    id = fields.Integer(required=True)
    case_number = fields.String(allow_none=True)
    to_msisdn = fields.String()
    body = fields.String()
    queued_at = fields.AwareDateTime()


class MessageOutcome(Schema):
    """What became of a text message."""

    failure = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "why it failed; empty: it was sent"},
    )


class Definition(Schema):
    """A version of a process."""

    key = fields.String(required=True)
    version = fields.Integer()
    name = fields.String(metadata={"description": "in the caller's language"})
    sha256 = fields.String()
    published_at = fields.AwareDateTime()
    published_by = fields.String()
    note = fields.String()


class Element(Schema):
    """One element of a diagram."""

    id = fields.String()
    type = fields.String()
    name = fields.String(metadata={"description": "in the caller's language"})
    lane = fields.String(metadata={"description": "in the caller's language"})
    manual_refs = fields.List(fields.String())


class DefinitionDetail(Definition):
    """A version with its diagram and elements."""

    xml = fields.String(metadata={"description": "BPMN 2.0"})
    elements = fields.List(fields.Nested(Element))


class FieldReason(Schema):
    """Why a field was refused."""

    code = fields.String()
    text = fields.String(metadata={"description": "in the caller's language"})
    values = fields.Dict()
    label = fields.String(metadata={"description": "what a person calls the field, in the caller's language"})
    pointer = fields.String(
        metadata={"description": "where it stands in what was sent, as a JSON pointer: #/form/amount; only of a body"}
    )


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String()
    title = fields.String(metadata={"description": "in the caller's language"})
    status = fields.Integer()
    code = fields.String(metadata={"description": "one of the errors of the reference"})
    values = fields.Dict(metadata={"description": "what the error is about"})
    reasons = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(FieldReason)),
        metadata={"description": "for refused input: why, by field"},
    )


# What may be asked for in the address, by endpoint; elsewhere nothing.
QUERIES: dict[str, type[Schema]] = {"api.Tasks": TaskFilter, "api.Entries": EntryFilter}
