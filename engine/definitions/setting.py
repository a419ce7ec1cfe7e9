"""What the parts of a package give, as types: the fields of a form, the result of a service task, the outcome of a decision. Nothing is executed here."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from engine.definitions.dmn import Decision, Model
from engine.language import feel
from engine.language.decisions import SINGLE, DecisionTable
from engine.language.feel import Names, inferred
from engine.language.feel.inferred import ANYTHING, BOOLEAN, CONTEXT, NUMBER, TEXT, Type, list_of, one_of, union
from engine.language.forms import Field, Form

YES_NO = frozenset({"yes", "no"})
AT_TYPES = frozenset({"string", "date", "date and time", "time"})
LINE = {"line": TEXT, "component": TEXT, "amount": Type(NUMBER.kinds, unit="fen"), "reason": TEXT}
DURATIONS = frozenset({"string", "days and time duration"})


def of_schema(schema: Schema) -> Type:
    """What a schema dumps: a context of its fields and no others."""
    return inferred.context_of({field.data_key or name: of_field(field) for name, field in schema.fields.items()})


def of_field(field: fields.Field) -> Type:
    """What a schema's field is in a result, where dates and instants are ISO text."""
    unit = str(field.metadata.get("unit") or "")
    if isinstance(field, fields.Boolean):
        return BOOLEAN
    if isinstance(field, fields.Number):
        return TEXT if getattr(field, "as_string", False) else Type(NUMBER.kinds, unit=unit)
    if isinstance(field, fields.Nested):
        one = of_schema(field.schema)
        return list_of(one) if field.many or field.schema.many else one
    if isinstance(field, fields.List):
        return list_of(of_field(field.inner))
    if isinstance(field, fields.Mapping):
        return CONTEXT
    if isinstance(field, fields.String | fields.DateTime | fields.Date | fields.Time):
        return _text(field)
    return ANYTHING


def _text(field: fields.Field) -> Type:
    choices = [one.choices for one in field.validators if isinstance(one, validate.OneOf)]
    if choices and all(isinstance(choice, str) for choice in choices[0]):
        return one_of(choices[0])
    return TEXT


def taken(field: fields.Field) -> Type:
    """What a schema's field takes for a parameter."""
    if isinstance(field, fields.DateTime | fields.Date | fields.Time):
        return Type(AT_TYPES)
    if isinstance(field, fields.TimeDelta):
        return ANYTHING
    if isinstance(field, fields.Number):
        strict = getattr(field, "strict", False)
        return NUMBER if strict else Type(frozenset({"number", "string"}))
    if isinstance(field, fields.Nested | fields.List | fields.Mapping):
        found = of_field(field)
        return Type(found.kinds)
    return of_field(field)


def of_form_field(field: Field) -> Type:
    """What a field of a form stores."""
    if field.is_boolean:
        return BOOLEAN
    if field.type == "number":
        return Type(NUMBER.kinds, unit=field.unit)
    if field.type == "datetime":
        return inferred.DATE
    if field.type == "lines":
        return list_of(inferred.context_of(LINE))
    options = one_of(option.value for option in field.options)
    if field.type == "checklist":
        return list_of(options)
    return options if field.type in ("select", "radio") else TEXT


def of_form(form: Form) -> dict[str, Type]:
    """What the fields of a form store, by key."""
    return {field.key: of_form_field(field) for field in form.inputs}


def while_filled(form: Form) -> dict[str, Type]:
    """The same as the form's own conditions may see it: a yes or no may still be the word that was chosen."""
    yes_no = Type(frozenset({"boolean", "string"}), values=YES_NO)
    return {field.key: yes_no if field.is_boolean else of_form_field(field) for field in form.inputs}


def of_decision(model: Model, decision: Decision, names: Names) -> Type:
    """What a decision gives, over variables of these types."""
    seen = with_required(model, decision, names)
    if not isinstance(decision.logic, DecisionTable):
        return feel.judge(decision.logic.text, model.names, model.functions)(seen, [])
    return _of_table(decision.logic, model, seen)


def with_required(model: Model, decision: Decision, names: Names) -> Names:
    """The variables with what the required decisions give, under their names."""
    required = [model.decisions[id] for id in decision.requires if id in model.decisions]
    return names.with_types({one.name: of_decision(model, one, names) for one in required})


def _of_table(table: DecisionTable, model: Model, names: Names) -> Type:
    found = {}
    for number, output in enumerate(table.outputs):
        texts = [rule.outputs[number].text for rule in table.rules if number < len(rule.outputs)]
        texts += [output.default.text] if output.default is not None else []
        found[output.name] = _united(texts, model, names)
    shape = inferred.context_of(found) if len(table.outputs) > 1 else next(iter(found.values()), ANYTHING)
    if table.aggregation:
        return NUMBER if table.aggregation in ("SUM", "COUNT") else shape
    return shape if table.policy in SINGLE else list_of(shape)


def _united(texts: list[str], model: Model, names: Names) -> Type:
    found = Type(frozenset({inferred.NULL}))
    for text in texts:
        found = union(found, feel.judge(text, model.names, model.functions)(names, []))
    return found
