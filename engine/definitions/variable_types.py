"""What the parts of a package give, as types: the fields of a form, the result of a service task, the outcome of a decision. Nothing is executed here."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from engine.definitions.dmn import Decision, Model
from engine.language import feel, vocabulary
from engine.language.decisions import SINGLE, DecisionTable
from engine.language.feel import Names, inferred
from engine.language.feel.inferred import ANYTHING, BOOLEAN, CONTEXT, NUMBER, TEXT, Type, list_of, one_of, union
from engine.language.forms import Field, Form

YES_NO = frozenset({"yes", "no"})
AT_TYPES = frozenset({"string", "date", "date and time", "time"})
DURATIONS = frozenset({"string", "days and time duration"})


def of_schema(schema: Schema) -> Type:
    """Return what a schema dumps: a context of its fields and no others."""
    return inferred.context_of({field.data_key or name: of_field(field) for name, field in schema.fields.items()})


def of_field(field: fields.Field) -> Type:
    """Return what a schema's field is in a result, where dates and instants are ISO text."""
    unit = str(field.metadata.get("unit") or "")
    if isinstance(field, fields.Boolean):
        return BOOLEAN
    if isinstance(field, fields.Number):
        return TEXT if getattr(field, "as_string", False) else Type(NUMBER.kinds, unit=unit, unsigned=_unsigned(field))
    if isinstance(field, fields.Nested):
        item = of_schema(field.schema)
        return list_of(item) if field.many or field.schema.many else item
    if isinstance(field, fields.List):
        return list_of(of_field(field.inner))
    if isinstance(field, fields.Mapping):
        return CONTEXT
    if isinstance(field, fields.String | fields.DateTime | fields.Date | fields.Time):
        return _text(field)
    return ANYTHING


def _unsigned(field: fields.Number) -> bool:
    """Tell whether a number is never below nothing: an amount that is no balance, or one with such a limit."""
    limits = [
        validator.min
        for validator in field.validators
        if isinstance(validator, validate.Range) and validator.min is not None
    ]
    amount = vocabulary.in_force().counts(field.metadata.get("unit")) and not field.metadata.get("signed")
    return amount or any(limit >= 0 for limit in limits)


def _text(field: fields.Field) -> Type:
    choices = [validator.choices for validator in field.validators if isinstance(validator, validate.OneOf)]
    if choices and all(isinstance(choice, str) for choice in choices[0]):
        return one_of(choices[0])
    return TEXT


def taken(field: fields.Field) -> Type:
    """Return what a schema's field takes for a parameter."""
    if isinstance(field, fields.DateTime | fields.Date | fields.Time):
        return Type(AT_TYPES)
    if isinstance(field, fields.TimeDelta):
        return ANYTHING
    if isinstance(field, fields.Number):
        strict = getattr(field, "strict", False)
        return NUMBER if strict else Type(frozenset({"number", "string"}))
    if isinstance(field, fields.Nested | fields.List | fields.Mapping):
        result_type = of_field(field)
        return Type(result_type.kinds)
    return of_field(field)


def of_form_field(field: Field) -> Type:
    """Return what a field of a form stores."""
    if field.is_boolean:
        return BOOLEAN
    if field.type == "number":
        return Type(NUMBER.kinds, unit=field.unit, unsigned=field.amount is not None and "min" not in field.expressions)
    if field.type == "datetime":
        return inferred.DATE
    if field.type == "lines":
        return list_of(_line(field))
    options = one_of(option.value for option in field.options)
    if field.type == "checklist":
        return list_of(options)
    return options if field.type in ("select", "radio") else TEXT


def _line(lines: Field) -> Type:
    """Return a picked line."""
    amount = Type(NUMBER.kinds, unit=lines.amount.name if lines.amount is not None else "", unsigned=True)
    return inferred.context_of({"line": TEXT, "component": TEXT, "amount": amount, "reason": TEXT})


def of_form(form: Form) -> dict[str, Type]:
    """Return what the fields of a form store, by key."""
    return {field.key: of_form_field(field) for field in form.inputs}


def while_filled(form: Form) -> dict[str, Type]:
    """Return the same as the form's own conditions may see it: a yes or no may still be the word that was chosen."""
    yes_no = Type(frozenset({"boolean", "string"}), values=YES_NO)
    return {field.key: yes_no if field.is_boolean else of_form_field(field) for field in form.inputs}


def of_decision(model: Model, decision: Decision, names: Names) -> Type:
    """Return what a decision gives, over variables of these types."""
    variables = with_required(model, decision, names)
    if not isinstance(decision.logic, DecisionTable):
        return feel.judge(decision.logic.text, model.names, model.functions)(variables, [])
    return _of_table(decision.logic, model, variables)


def with_required(model: Model, decision: Decision, names: Names) -> Names:
    """Return the variables with what the required decisions give, under their names."""
    required = [model.decisions[id] for id in decision.requires if id in model.decisions]
    return names.with_types(
        {required_decision.name: of_decision(model, required_decision, names) for required_decision in required}
    )


def _of_table(table: DecisionTable, model: Model, names: Names) -> Type:
    types = {}
    for number, output in enumerate(table.outputs):
        texts = [rule.outputs[number].text for rule in table.rules if number < len(rule.outputs)]
        texts += [output.default.text] if output.default is not None else []
        types[output.name] = _united(texts, model, names)
    shape = inferred.context_of(types) if len(table.outputs) > 1 else next(iter(types.values()), ANYTHING)
    if table.aggregation:
        return NUMBER if table.aggregation in ("SUM", "COUNT") else shape
    return shape if table.policy in SINGLE else list_of(shape)


def _united(texts: list[str], model: Model, names: Names) -> Type:
    united = Type(frozenset({inferred.NULL}))
    for text in texts:
        united = union(united, feel.judge(text, model.names, model.functions)(names, []))
    return united
