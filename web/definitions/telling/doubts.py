"""What does not go together in a process or can hardly be meant, in words an owner understands, and where in it something stands: an expression, a field, a cell. Keyed by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

import engine
from web.telling.i18n import in_language
from web.telling.i18n import mark as _

# Which of these keep a process from being published, `engine.definitions.certainty` says.
RULES = {
    # names, values and types in expressions
    "unknown_name": _(
        "%(place)s: nothing sets %(variable)s. Check the name, or let a form, a service task or a caller give it."
    ),
    "unknown_name_near": _("%(place)s: nothing sets %(variable)s. Do you mean %(near)s?"),
    "set_later": _(
        "%(place)s: nothing has set %(variable)s by here; “%(by)s” sets it later. Set it before, or ask for it after that."
    ),
    "unknown_part": _("%(place)s: %(variable)s has no part %(part)s. Check the name."),
    "unknown_part_near": _("%(place)s: %(variable)s has no part %(part)s. Do you mean %(near)s?"),
    "no_parts": _("%(place)s: %(variable)s is %(type)s and has no part %(part)s. Take the part out."),
    "not_offered": _("%(place)s: “%(value)s” is none of the values that %(variable)s can have. Choose one of those."),
    "not_offered_near": _(
        "%(place)s: “%(value)s” is none of the values that %(variable)s can have. Do you mean “%(near)s”?"
    ),
    "kinds_differ": _(
        "%(place)s: %(variable)s is %(type)s and %(other)s is %(other_type)s, so that the comparison never holds. Compare like with like."
    ),
    "no_condition_type": _(
        "%(place)s: %(variable)s is %(type)s and not yes or no, so that the condition never holds. Compare it with something."
    ),
    "no_arithmetic": _(
        "%(place)s: %(variable)s is %(type)s, and “%(operator)s” does not go with that. Write string(…) round a number that is joined to a text."
    ),
    "wrong_argument": _(
        "%(place)s: %(function)s needs %(wanted)s, and %(variable)s is %(type)s. Give it another value."
    ),
    "unfit_here": _("%(place)s needs %(wanted)s, and %(variable)s is %(type)s. Give another value."),
    "unfit": _("%(place)s: %(takes)s takes %(wanted)s, and %(variable)s is %(type)s. Give it another value."),
    # texts with placeholders
    "placeholder_sent": _(
        "%(place)s: “%(written)s” goes out as it is written; nothing fills it in. End the text before it and join a value: + string(…)."
    ),
    "placeholder_sent_near": _(
        "%(place)s: “%(written)s” goes out as it is written; nothing fills it in. End the text before it and join the value: + string(%(near)s)."
    ),
    "placeholder_shown": _(
        "%(place)s: “%(written)s” is shown as it is written; nothing fills it in. Take it out, or show a value beside the form."
    ),
    "placeholder_shown_near": _(
        "%(place)s: “%(written)s” is shown as it is written; nothing fills it in. Show %(near)s beside the form, or fill it into a field."
    ),
    "placeholder_without_value": _(
        "%(place)s: the wording asks for %(part)s, which is not given; the message could not be sent. Give it."
    ),
    "placeholder_without_value_near": _(
        "%(place)s: the wording asks for %(part)s, which is not given; the message could not be sent. Is %(near)s meant?"
    ),
    "value_without_placeholder": _(
        "%(place)s: %(part)s is given, but the wording does not ask for it, so that nobody reads it. Take it out."
    ),
    "value_without_placeholder_near": _(
        "%(place)s: %(part)s is given, but the wording does not ask for it, so that nobody reads it. Is %(near)s meant?"
    ),
    # limits
    "limit_when_called": _(
        "“%(name)s” says a limit for the whole case, which counts only for a case of its own. Where this process is called (%(callers)s), the limit of the caller's case counts. Give the steps limits of their own if these are to count there."
    ),
    # forms
    "required_never_shown": _(
        "The field “%(field)s” is required, but its condition always hides it. Change the condition, or take the field out."
    ),
    "options_of_one_title_zh": _(
        "Two choices of the field “%(field)s” have the same title in Chinese (“%(title)s”), so that nobody can tell them apart. Give one of them another."
    ),
    "options_of_one_title_en": _(
        "Two choices of the field “%(field)s” have the same title in English (“%(title)s”), so that nobody can tell them apart. Give one of them another."
    ),
    "prefill_refused": _(
        "The field “%(field)s” does not take what it is prefilled with (%(text)s): its pattern, length or limits refuse it. Change the value or the limits."
    ),
    # conditions
    "literals_compared": _(
        "%(place)s: “%(comparison)s” compares two fixed values and is the same in every case. Compare a variable."
    ),
    "compared_with_itself": _(
        "%(place)s: %(variable)s is compared with itself, which is the same in every case. Compare it with something else."
    ),
    "always_holds": _(
        "%(place)s: “%(text)s” holds in every case, so that nothing is asked. Correct it, or take it out."
    ),
    "never_holds": _("%(place)s: “%(text)s” holds in no case. Correct it, or take it out."),
    "answered_before": _(
        "The flow “%(name)s” from “%(gateway)s” is never taken: whenever its condition (%(text)s) holds, one asked before it does. Correct it, or let it be asked first."
    ),
    "answered_before_by": _(
        "The flow “%(name)s” from “%(gateway)s” is never taken: whenever its condition (%(text)s) holds, that of “%(other)s” does, which is asked before it. Correct it, or let it be asked first."
    ),
    # decision tables
    "result_misspelt": _("%(place)s: nothing asks for “%(value)s”. Do you mean “%(near)s”?"),
    "result_like_another": _(
        "%(place)s: only this rule gives “%(value)s”; others give “%(near)s”. Is that meant here, too?"
    ),
    "results_not_told_apart": _(
        "%(place)s: nothing asks for %(value)s, so that they all lead the same way. Ask for them where the process divides, or let the table give one of them only."
    ),
    "result_unasked": _(
        "%(place)s: nothing asks for “%(value)s”, so that its cases go the default way. Ask for it where the process divides, or give what is asked for: %(known)s."
    ),
    "result_never_read": _("%(place)s: nothing reads this result (%(variable)s). Ask for it, or take the column out."),
    "bare_word": _('%(place)s: %(variable)s is the name of nothing. A text stands in quotation marks: "%(variable)s".'),
    "column_type": _(
        "%(place)s: the column says %(other_type)s, but %(variable)s is %(type)s. Correct the type of the column."
    ),
    "result_type": _(
        "%(place)s: the column says %(wanted)s, but %(variable)s is %(type)s. Correct the cell or the column."
    ),
    "not_listed": _(
        "%(place)s: %(value)s is none of the values that the column lists. Choose one of those, or add it to the list."
    ),
    "not_listed_near": _("%(place)s: %(value)s is none of the values that the column lists. Do you mean %(near)s?"),
    "rule_empty": _("%(place)s: the rule holds always and gives nothing. Fill it in, or delete it."),
    "result_empty": _("%(place)s: the rule holds and gives nothing here. Fill in the result."),
    "rule_never_matches": _(
        "%(place)s: no value satisfies “%(cell)s”, so that the rule never holds. Correct the cell."
    ),
    "rule_never_reached": _(
        "%(place)s: the rules before it answer all its cases, so that it is never reached. Move it up, or delete it."
    ),
    "rules_overlap": _(
        "%(place)s: it holds together with rule %(other)s (%(case)s), which this table does not allow; the case would stop. Divide the cases, or choose another hit policy."
    ),
    "rules_disagree": _(
        "%(place)s: it holds together with rule %(other)s (%(case)s) and gives something else; the case would stop. Let both give the same, or divide the cases."
    ),
    "no_rule_answers": _(
        "%(place)s: no rule answers this case: %(case)s. Add a rule or a default result, or list in the columns which values there are."
    ),
    "gaps_not_sought": _(
        "%(place)s: whether some rule answers every case cannot be told from its cells, and was not searched for. End it with a rule that asks nothing, or give a default result."
    ),
}
TYPES = {
    "string": _("a text"),
    "number": _("a number"),
    "boolean": _("yes or no"),
    "date": _("a date"),
    "time": _("a time of day"),
    "date and time": _("an instant"),
    "days and time duration": _("a duration"),
    "years and months duration": _("a duration of months"),
    "list": _("a list"),
    "context": _("a group of values"),
    "range": _("a range"),
}
OTHER_TYPE = _("a value of another kind")
PLACES = {
    "condition": _("the condition"),
    "triesWhen": _("when it is tried beforehand"),
    "skippedWhen": _("when it is not asked"),
    "caseLimitWhen": _("when the case's limit is met"),
    "refusesWhen": _("when it refuses"),
    "about": _("what a refusal is about"),
    "approvedWhen": _("when it is approved"),
    "approvedAmount": _("the amount approved"),
    "approvedKind": _("the kind approved"),
    "approvedPayee": _("the payee approved"),
    "approvedLines": _("the lines approved"),
    "timer": _("the timer"),
    "due": _("the limit"),
    "correlationKey": _("the correlation key"),
    "min": _("the minimum"),
    "max": _("the maximum"),
    "prefill": _("the prefilled value"),
    "allowed": _("the values that may be chosen"),
    "requiredWhen": _("when it is required"),
    "documentation": _("what to watch"),
    "text": _("the text"),
    "label": _("the label"),
    "description": _("the hint"),
    "default": _("the default value"),
    "hide": _("the “hidden when” condition"),
    "shows": _("what is shown beside the form"),
    "inputCollection": _("the list"),
    "outputElement": _("what each item contributes"),
    "completionCondition": _("the condition for ending"),
}

SINGLE = str.maketrans("“”", "‘’")
LONGEST_PARAGRAPH = 30


class Values(dict[str, Any]):
    """What goes into a text; what is not there is an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def words(problem: engine.Problem, values: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    """Return the values of a finding that need words: where it is, types, an example; `named`: it stands at an element with a name."""
    types = ("type", "other_type", "wanted") if is_about_types(problem) else ()
    wordings: dict[str, Any] = {name: _type(str(values[name])) for name in types if name in values}
    wordings["place"] = _where(values)
    if "case" in problem.values:
        wordings["case"] = _case(problem.values["case"])
    if problem.rule in RULES and named:
        sentence = str(gettext("“%(name)s”, %(place)s"))
        wordings["place"] = sentence % nested(sentence, {**values, **wordings})
    return wordings


def is_about_types(problem: engine.Problem) -> bool:
    """Tell whether a type that a finding names is that of a value; else it is the kind of an element."""
    return problem.rule in RULES


def nested(sentence: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence; those that it puts in quotation marks have single ones within."""
    in_quotes = {name: value for name, value in values.items() if f"“%({name})s”" in sentence}
    return {**values, **{name: _within_quotes(value) for name, value in in_quotes.items()}}


def _within_quotes(value: Any) -> Any:
    """Return what stands between quotation marks; of several names each has its own."""
    if isinstance(value, list):
        return str(gettext("”, “")).join(str(part).translate(SINGLE) for part in value)
    return value.translate(SINGLE) if isinstance(value, str) else value


def _place(place: str) -> str:
    if place in PLACES:
        return str(gettext(PLACES[place]))
    return place.partition(".")[2] or place


def _where(values: Mapping[str, Any]) -> str:
    """Return where an expression stands: in a cell, at a field of a form, or at the element."""
    place = _place(str(values.get("place", "")))
    if "table" in values:
        return _cell(values)
    if "field" in values and place:
        return str(gettext("%(place)s of the field “%(field)s”")) % {"place": place, "field": values["field"]}
    if "paragraph" in values and place:
        sentence = str(gettext("%(place)s of the paragraph “%(paragraph)s”"))
        return sentence % nested(sentence, {"place": place, "paragraph": _beginning(values)})
    return place


def _beginning(values: Mapping[str, Any]) -> str:
    """Return how a paragraph begins, in the language of the page."""
    paragraph = in_language(str(values["paragraph"]), str(values["paragraph_en"]))
    return paragraph if len(paragraph) <= LONGEST_PARAGRAPH else f"{paragraph[:LONGEST_PARAGRAPH]}…"


def _type(kinds: str) -> str:
    """Return the types that a value may have, in words."""
    words = [str(gettext(TYPES.get(kind, OTHER_TYPE))) for kind in kinds.split(", ")]
    return str(gettext(" or ")).join(words)


def _case(case: Iterable[tuple[str, str]]) -> str:
    """Return an example of the values for which something holds."""
    any_other = gettext("anything else")
    tests = [f"{heading} = {value or any_other}" for heading, value in case]
    return gettext("; ").join(tests) or str(gettext("every case"))


def _cell(values: Mapping[str, Any]) -> str:
    """Return where in a decision table something stands."""
    if "row" in values and "heading" not in values:
        return str(gettext("rule %(row)s of the table “%(table)s”") % Values(values))
    if "row" in values:
        return str(gettext("rule %(row)s, column “%(heading)s” of the table “%(table)s”") % Values(values))
    if "heading" in values:
        return str(gettext("column “%(heading)s” of the table “%(table)s”") % Values(values))
    return str(gettext("the decision “%(table)s”") % Values(values))
