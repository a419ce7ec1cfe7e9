"""Where the line runs between a problem, which keeps a process from being published, and a warning, which is only told.

A problem goes wrong in every case that comes there, whatever is entered: a name that nothing sets, a comparison that can never hold, a value of a type or
a wording that what takes it refuses, a field or a choice without a title in one of the languages. A warning depends on the case, or on what was meant: a rule that others answer first, a condition that always holds,
a result that nobody asks for. Where not everything that may set a variable is known, a name that looks like another is a guess, and a warning.
"""

from __future__ import annotations

from engine.language.feel import Names

NAMES = frozenset({"unknown_name", "set_later", "bare_word"})
CERTAIN = NAMES | {
    # a part that is not there, and what gives null with a value of this type
    "unknown_part",
    "no_parts",
    "no_arithmetic",
    "wrong_argument",
    # what is never equal, and never holds
    "kinds_differ",
    "no_condition_type",
    "not_offered",
    "never_holds",
    "rule_never_matches",
    "not_listed",
    # a type or a value that what takes it refuses
    "unfit",
    "unfit_here",
    "column_type",
    "result_type",
    "prefill_refused",
    "placeholder_without_value",
    # what nobody can read, in one of the languages or in both
    "no_label",
    "no_english_label",
    "no_english_text",
    "option_without_english",
    # two rules at which a case stops
    "rules_overlap",
    "rules_disagree",
    # a step that is on nobody's list is never done
    "unknown_department",
}

WARNINGS = frozenset(
    {
        # names, texts and forms
        "names_not_judged",
        "placeholder_sent",
        "placeholder_shown",
        "value_without_placeholder",
        "limit_when_called",
        "required_never_shown",
        "options_of_one_title_zh",
        "options_of_one_title_en",
        # conditions that are the same in every case, or that others answer first
        "literals_compared",
        "compared_with_itself",
        "always_holds",
        "answered_before",
        "answered_before_by",
        # decision tables
        "result_misspelt",
        "result_like_another",
        "results_not_told_apart",
        "result_unasked",
        "result_never_read",
        "rule_empty",
        "result_empty",
        "rule_never_reached",
        "no_rule_answers",
        "gaps_not_sought",
        # ways through the diagram, refusals and messages
        "ways_not_judged",
        "stands_still",
        "done_twice",
        "not_explored",
        "refusal_not_caught",
        "error_not_caught",
        "error_never_thrown",
        "called_error_not_caught",
        "message_never_sent",
        "message_never_awaited",
        "refused_for_ever",
        "begun_not_in_force",
        # the drawing, the manual, papers and files
        "picture_of_nothing",
        "drawn_twice",
        "unknown_paper",
        "unknown_manual_ref",
        "unused_file",
    }
)


def fails(rule: str, names: Names | None = None) -> bool:
    """Tell whether a finding is a problem; `names` are those known where it stands, when it is about an expression."""
    base = rule.removesuffix("_near")
    guessed = base in NAMES and names is not None and not names.complete
    return base in CERTAIN and not guessed
