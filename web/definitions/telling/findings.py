"""What the checks of a process found, a sentence for each rule in words an owner understands: what is wrong and what to do; `published.problems` says which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext

import engine
from engine import definitions, ground
from office import papers
from web.definitions.telling import changes, doubts, unreadable
from web.definitions.telling.part_names import Called
from web.edge.problems import plain
from web.telling import element_kinds
from web.telling.i18n import in_language
from web.telling.i18n import mark as _

RULES = {
    # the file and the process as a whole
    "malformed_xml": _("The file cannot be read as a diagram (line %(line)s). Export it again as BPMN 2.0 XML."),
    "missing_file": _("The file %(file)s is missing. Add it, or take out what refers to it."),
    "wrong_process_id": _("The process in the file is called %(found)s; here it must be %(expected)s. Change its id."),
    "one_executable_process": _(
        "A file holds exactly one process to execute; here there are %(count)s. Keep each in a file of its own."
    ),
    "process_not_executable": _(
        "The process %(process)s is not marked as executable, so that nothing would be executed. Mark it as executable."
    ),
    "id_used_twice": _("The id %(id)s is used twice (line %(line)s). Give one of the elements another."),
    "element_without_id": _(
        "An element (%(type)s) in line %(line)s has no id, so that no flow can lead to it. Give it one."
    ),
    "sub_process_id_taken": _("The id of the sub-process “%(name)s” is taken by another process. Give it another."),
    "extension_not_executable": _("“%(name)s” has a setting that is not executed here (%(extension)s). Take it out."),
    "not_executable": _(
        "The diagram cannot be executed as it is drawn (%(detail)s). Check the ends of its flows and events."
    ),
    "too_many_in_a_row": _(
        "Too many steps follow one another: at most about 490 can be executed in a row. Put a part into a process of its own and call it."
    ),
    "recursive_call": _("%(process)s calls itself, directly or through another process. Take one of the calls out."),
    "malformed_catalogue": _("The English names in %(file)s cannot be read. Write one line per element: id: name."),
    "one_start_event": _("There must be exactly one start event; there are %(count)s."),
    "no_end_event": _("There is no end event. Draw one where the process is finished."),
    "unusable_id": _("The id %(id)s cannot be used. Use letters, digits and underscores, beginning with a letter."),
    # the drawing
    "no_picture": _("The file has no drawing: what it says cannot be seen. Open it in the editor, which draws it."),
    "not_drawn": _("“%(name)s” is executed but not drawn. Open the diagram in the editor, which draws it, and save."),
    "flow_not_drawn": _(
        "The flow %(ends)s is executed but not drawn. Open the diagram in the editor, which draws it, and save."
    ),
    "picture_id_used_twice": _(
        "Two parts of the drawing have the id %(id)s, so that one is not shown. Open the diagram in the editor and save."
    ),
    "picture_of_nothing": _(
        "A part of the drawing shows nothing (%(shown)s). Open the diagram in the editor and save."
    ),
    "drawn_twice": _("“%(name)s” is drawn twice. Open the diagram in the editor and save."),
    # flows
    "loose_flow": _("This flow does not connect two elements. Connect both ends, or delete it."),
    "flow_crosses_level": _(
        "The flow “%(name)s” crosses the border of a sub-process. Let it end inside, or attach an event."
    ),
    "flow_into_event": _("A flow leads into “%(name)s”, where nothing can arrive. Lead it to a step."),
    "flow_out_of_end": _("A flow leaves the end “%(name)s”. Let it begin at a step before."),
    "condition_never_asked": _("The condition of the flow “%(name)s” is never asked. Put a gateway before it."),
    "no_error_code": _(
        "“%(name)s” does not say which refusal it is about, or names one that is not there. Enter its code."
    ),
    "outputs_of_one_name": _(
        "Two result columns of the table “%(table)s” are called %(heading)s, and one would overwrite the other. Give one of them another name."
    ),
    "duplicate_name": _("Two columns or values have the same name (%(name)s). Give one of them another."),
    "too_many": _("There are too many of a kind: %(count)s where at most %(limit)s are read. Divide the table."),
    "too_many_options": _("The form offers too many choices; at most %(limit)s are read. Divide the step."),
    "ways_not_judged": _(
        "Where cases could stand still, which refusals nobody catches and which messages nobody sends is looked at once the problems are resolved."
    ),
    "names_not_judged": _(
        "What “%(name)s” sets cannot be known as long as its form or process cannot be read. Until then a name that nothing sets is told only where it looks like a known one."
    ),
    "more_findings": _("There are %(count)s problems. The first %(limit)s are listed; resolve these and look again."),
    "too_many_components": _("The form has too many fields; at most %(limit)s are read. Divide the step."),
    "unsupported_expression_language": _("Expressions are written in %(language)s here. Write them in FEEL."),
    "values_without_end": _("The possible values of a column have no end. List them, or leave them out."),
    "two_flows_same_ends": _(
        "Two flows connect the same two elements. Join them in one, with both conditions connected by “or”."
    ),
    "several_flows_leave": _(
        "%(count)s flows leave “%(name)s”, and BPMN takes all of them. Put a parallel gateway after it if all are meant, an exclusive one with conditions if one is."
    ),
    "no_flow_leaves": _("Nothing follows “%(name)s”. Draw a flow to what comes next, or to an end event."),
    "attached_to_nothing": _("The event “%(name)s” is attached to no step beside it. Drag it onto the border of one."),
    "unreachable": _("“%(name)s” is never reached from the start. Draw a flow that leads to it, or delete it."),
    "no_default_flow": _(
        "The gateway “%(name)s” has no default flow. Mark the flow that is taken when no condition holds."
    ),
    "no_condition": _(
        "The flow “%(name)s” from “%(gateway)s” has no condition. Enter one, or make it the default flow."
    ),
    "parallel_gateway_in_loop": _(
        "The gateway “%(name)s” lies in a loop: it may wait for ever for a branch. Lead the loop back before the fork or after the join."
    ),
    "event_gateway_target": _(
        "After the gateway “%(name)s” only events that wait may follow (a message or a timer); “%(target)s” is none."
    ),
    # what is not executed
    "element_not_executable": _(
        "“%(name)s” is of a kind that is not executed (%(type)s). Change it to a user task, a service task or a decision."
    ),
    "loop_marker": _(
        "“%(name)s” has a loop marker, which is not executed. Draw the loop with a gateway, or do the step for each item of a list."
    ),
    "not_multi_instance": _("“%(name)s” cannot be done for each item of a list. Put it in a sub-process that is."),
    "multi_instance_part": _(
        "“%(name)s” says for what it is repeated in a way that is not executed (%(part)s). Enter the list as an expression."
    ),
    "no_collection": _("“%(name)s” does not say for which list it is repeated. Enter an expression that gives a list."),
    "results_incomplete": _(
        "“%(name)s” needs both a name for the list of results and what each item contributes, or neither. Enter the other one, too."
    ),
    "unusable_variable": _(
        "“%(name)s” gives a name that cannot be used: %(variable)s. Use letters, digits and underscores."
    ),
    "event_sub_process": _(
        "“%(name)s” is an event sub-process, which is not executed. Attach an event to the step instead."
    ),
    "event_not_executable": _(
        "The event “%(name)s” waits for what is not executed here: %(trigger)s. An event in the flow waits for one timer or one message; at the border of a step also for an error."
    ),
    "start_not_executable": _(
        "The start event “%(name)s” waits for what is not executed here: %(trigger)s. A process is started by a person, an order or another process: make it a plain start, and draw what it waits for as the next event."
    ),
    "end_not_executable": _(
        "The end event “%(name)s” does what is not executed here: %(trigger)s. An end is plain, ends everything at once, or is an error; draw what it sends as a service task before it."
    ),
    "error_must_interrupt": _(
        "The error event “%(name)s” leaves its step going on, which no error can. Make it one that ends the step."
    ),
    "timer_without_time": _(
        'The timer “%(name)s” says no time. Enter a duration or an instant, for example duration("PT4H").'
    ),
    "timer_repeats": _(
        "The timer “%(name)s” repeats (%(text)s), which is executed only at the border of a step that goes on meanwhile. Attach it there and untick that it ends the step, or enter one duration or one instant."
    ),
    "repetition_unreadable": _(
        "The repetition of “%(name)s” (%(text)s) cannot be read. Enter how often and after which time each, for example R8/PT30M; R/PT30M goes on until the step is done."
    ),
    "repetition_without_count": _(
        "The timer “%(name)s” repeats no time at all (%(text)s). Enter at least R1, or R alone for as often as the step lasts."
    ),
    "repetition_without_interval": _(
        "The timer “%(name)s” repeats without any time between (%(text)s). Enter how long each time takes, for example R8/PT30M."
    ),
    "unquoted_duration": _(
        'The time of “%(name)s” (%(text)s) is not written in FEEL and would never come. Write duration("%(text)s"), without repetition.'
    ),
    "never_an_instant": _(
        'The time of “%(name)s” (%(text)s) is no instant and no duration, whatever is entered: it would never come. Write for example duration("PT4H"), date("2026-12-01") or next_weekday(accepted_at, "Thursday").'
    ),
    "over_when_begun": _(
        "The time of “%(name)s” (%(text)s) is over as soon as it is reckoned. Write one that comes later."
    ),
    "limit_never_reckoned": _(
        "“%(name)s” shares the limit “%(group)s”, which no step reckons. Enter the limit at one of the steps that share it."
    ),
    "step_without_name": _(
        "A step of people has no name; whoever does it would read “%(name)s” as its heading. Write what is to be done."
    ),
    "in_two_lanes": _("“%(name)s” stands in several lanes (%(lanes)s). Leave it in the one whose people do it."),
    "unknown_not_by": _(
        "“%(name)s” must not be done by whoever did %(step)s, but there is no such user task. Enter the id of a user task."
    ),
    "not_by_later": _(
        "“%(name)s” must not be done by whoever did “%(step)s”, but that step never comes before it, so that nobody would be barred. Name a step that prepares it."
    ),
    "approval_of_ones_own": _(
        "“%(name)s” approves, and whoever asked could approve it. Enter at “not by the same person as” who prepared it: ids of user tasks, or * for everybody who worked on the case."
    ),
    "approves_nothing": _(
        "“%(name)s” says what is approved (%(property)s), but is no step that approves. Enter the name of the approval, or take it out."
    ),
    # what is written at an element and not executed
    "setting_not_executed": _(
        "“%(name)s” has a setting that is not executed here (%(setting)s = %(value)s). Take it out, and draw what it means."
    ),
    "unknown_setting": _(
        "“%(name)s” has a setting that BPMN does not know (%(setting)s = %(value)s); it has no effect. Take it out."
    ),
    "not_a_boolean": _("At “%(name)s”, %(setting)s is “%(value)s”. Write true or false."),
    "part_given_twice": _("“%(name)s” says twice what can be said once (%(setting)s). Take one of them out."),
    "event_by_reference": _(
        "“%(name)s” refers to an event that is defined elsewhere, which is not executed. Define it at the event itself."
    ),
    "resource_not_executed": _(
        "Who does “%(name)s” is written as an expression (%(setting)s), which is not executed. Put the step in the lane of its department."
    ),
    "other_expression_language": _(
        "An expression of “%(name)s” is written in another language (%(language)s). Write it in FEEL, for example amount > 100."
    ),
    "unknown_property": _(
        "“%(name)s” has a property that nothing reads: %(property)s. Correct its name, or take it out."
    ),
    "unknown_property_near": _(
        "“%(name)s” has a property that nothing reads: %(property)s (nearest known: %(near)s). Correct its name, or take it out."
    ),
    "property_not_here": _(
        "At “%(name)s” the property %(property)s has no effect. Enter it at the step that it is meant for, or take it out."
    ),
    "property_without_meaning": _(
        "At “%(name)s” the property %(property)s has a value that means nothing: %(value)s. Choose it in the editor again."
    ),
    # messages, tasks, service tasks, decisions
    "no_message": _("“%(name)s” does not say which message it waits for. Choose or enter a message."),
    "no_correlation_key": _(
        "“%(name)s” does not say by which value its message finds the case. Enter a correlation key, such as case_number."
    ),
    "no_group": _("“%(name)s” belongs to no department. Put it in a lane, or choose a department."),
    "unknown_form": _("“%(name)s” has no form, or one that is not there (%(form)s). Choose or create one."),
    "unknown_tried": _(
        "“%(name)s” is to try a service task that is not there (%(service)s). Write the id of one that comes later."
    ),
    "no_result_variable": _("“%(name)s” does not say where its result is kept. Enter a name for the result."),
    "unknown_decision": _("“%(name)s” names a decision that is not there (%(decision)s). Choose or create one."),
    "malformed_decision": _("The decision table %(decision)s cannot be read. Open it in the editor and save it again."),
    "unknown_called_process": _(
        "“%(name)s” calls a process that is not published (%(called)s). Choose another, or publish it first."
    ),
    "unknown_topic": _(
        "“%(name)s” does not say what is to be done, or names something unknown (%(topic)s). Choose from the list."
    ),
    "unknown_parameter": _("“%(name)s” gives a parameter that %(topic)s does not know: %(parameter)s. Take it out."),
    "missing_parameter": _("“%(name)s” lacks the parameter %(parameter)s, which %(topic)s needs. Enter a value."),
    "feel_syntax": _("The expression for %(place)s cannot be read from character %(column)s on: %(text)s"),
    # forms
    "pattern_excludes_lengths": _(
        "No text can be entered in the field “%(field)s”: its pattern and its lengths exclude each other. Correct one of them."
    ),
    "key_twice": _("%(file)s: “%(key)s” in line %(line)s stands there twice. Take one of the lines out."),
    "malformed_form": _("The form %(form)s cannot be read. Open it in the editor and save it again."),
    "turning_mark": _(
        "%(file)s: line %(line)s holds an invisible mark that turns the direction of reading. Delete the text there and type it anew."
    ),
    "not_a_count": _(
        "The field %(field)s of the form has %(value)s where a whole number from 0 on belongs (%(setting)s). Enter digits, or leave it empty."
    ),
    "no_label": _("The field %(field)s of the form has no label, so that nobody can know what to enter. Give it one."),
    "option_without_label": _("The choice %(value)s of the field %(field)s has no label. Give it one."),
    "no_english_label": _("The field %(field)s of the form has no English label. Give it one."),
    "option_without_english": _("The choice %(value)s of the field %(field)s has no English title. Give it one."),
    "no_english_text": _("The paragraph “%(text)s” of the form has no English text. Write it."),
    "unknown_component": _(
        "The form has a field of a kind that cannot be shown here (%(type)s). Use another kind of field."
    ),
    "unusable_key": _(
        "The field key “%(variable)s” cannot be used. Use letters, digits and underscores, and none of the reserved words."
    ),
    "duplicate_key": _(
        "Two fields of the form have the key “%(variable)s”, and one of them is %(field)s. Give one of them another key."
    ),
    "not_editable": _(
        "The field “%(field)s” is read-only. Show the value beside the form instead, or let it be filled in."
    ),
    "unusable_channel": _(
        "The field “%(field)s” is to say how the text “%(text)s” reached the customer. Name a text field, and offer only %(channels)s."
    ),
    "unusable_written": _(
        "The field “%(field)s” cannot hold “%(text)s”. Let it be a text field, and name one of %(kinds)s."
    ),
    "required_must_be_constant": _("Whether the field “%(field)s” is required must be yes or no, not an expression."),
    "no_options": _("The field “%(field)s” offers nothing to choose. Enter its options."),
    "duplicate_option": _(
        "Two options of the field “%(field)s” have the same value, or one has none. Give each its own."
    ),
    "boolean_needs_yes_and_no": _("The field “%(field)s” is stored as yes or no; its options must be yes and no."),
    "nothing_to_choose": _(
        "The field “%(field)s” must be filled in, and what may be chosen is none of its options, so that nobody can complete the step. Correct what may be chosen, or the options."
    ),
    "limits_exclude_each_other": _(
        "The least and the largest value of the field “%(field)s” exclude each other, so that nothing can be entered. Correct one of them."
    ),
    "default_refused": _(
        "The field “%(field)s” refuses its own default value. Change the default, or the field's limits or pattern."
    ),
    "unusable_default": _(
        "The default value of the field “%(field)s” does not fit its kind. Change it or leave it empty."
    ),
    "pattern_refused": _(
        "%(place)s: the pattern “%(pattern)s” of %(function)s cannot be read here, so that it never fits. Simplify it; look-around and references to groups are not known."
    ),
    "pattern_of_nothing": _(
        "%(place)s: the pattern “%(pattern)s” of %(function)s fits an empty text too, so that nothing comes out. Let it ask for at least one character."
    ),
    "replacement_refused": _(
        "%(place)s: “%(replacement)s” cannot be put in place of what is found, so that nothing comes out. Write \\$ and \\\\ for $ and \\ themselves."
    ),
    "malformed_pattern": _("The pattern of the field “%(field)s” cannot be used. Simplify it or leave it empty."),
    "unknown_display": _(
        "What is shown beside the form is not known: %(variable)s as %(shown_as)s. Choose another way to show it."
    ),
    # decision tables
    "circular_requirement": _("The decision “%(name)s” requires itself. Take one of the requirements out."),
    "unknown_requirement": _(
        "A decision requires one that is not in the file (%(href)s). Add it, or take the requirement out."
    ),
    "duplicate_id": _("Two decisions in the file have the same id (%(name)s). Give one of them another."),
    "no_id": _("A decision in the file has no id (%(name)s). Give it one."),
    "knowledge_model_not_executable": _(
        "The business knowledge model “%(name)s” holds a function of its own, a call of another language, or nothing. Write it as an expression or a table."
    ),
    "decision_not_executable": _(
        "The decision “%(name)s” holds a function of its own, a call of another language, or nothing. Make a table or an expression of it."
    ),
    "unknown_hit_policy": _(
        "The hit policy of %(place)s is not known (%(policy)s %(aggregation)s). Choose one of the list."
    ),
    "aggregation_needs_one_collected_output": _(
        "%(place)s: only a table that collects one result can add up or count. Choose another hit policy."
    ),
    "priority_without_output_values": _(
        "%(place)s: the hit policy %(policy)s needs the possible results in order. List them in the result column."
    ),
    "table_without_output": _("%(place)s: the table has no result column. Add one."),
    "input_without_expression": _(
        "%(place)s: the column does not say what it tests. Enter a variable or an expression."
    ),
    "row_does_not_fit": _("%(place)s: the row has another number of cells than there are columns. Fill the row anew."),
    # ways through the diagram: warnings
    "begun_not_in_force": _(
        "“%(name)s” begins %(process)s beside its cases, and %(process)s is not in force: they would wait for what never begins. Have %(process)s published first."
    ),
    "unknown_paper": _("There is no paper %(paper)s. Choose one that there is: %(known)s."),
    "unknown_manual_ref": _("The manual has no %(ref)s, to which %(file)s refers. Choose a number that it has."),
    "unused_file": _(
        "No step uses %(file)s yet: it is not published and stays in the draft. Name it at a step, or delete it."
    ),
    "unknown_department": _(
        "“%(name)s” goes to “%(group)s”, which is no department of the office, so that nobody would find it. Name the lane as the department is called, or choose one."
    ),
    "unknown_department_near": _(
        "“%(name)s” goes to “%(group)s”, which is no department of the office (nearest: %(near)s), so that nobody would find it. Name the lane as the department is called, or choose one."
    ),
    "always_stands_still": _(
        "Every case that comes to “%(name)s” stands still for ever: on this way nothing comes from “%(missing)s”, and on no way do all its flows bring something. Use an exclusive gateway there, or begin the branches at a parallel one."
    ),
    "stands_still": _(
        "A case can stand still for ever at “%(name)s”: on this way nothing comes from “%(missing)s” any more. Join only branches that were begun together, or use an exclusive gateway."
    ),
    "done_twice": _(
        "On this way “%(name)s” is reached by several branches, each by itself, so that what follows is done more than once. Join the branches with a parallel gateway before it."
    ),
    "not_explored": _(
        "There are more than %(limit)s ways to be at work in “%(name)s”, so that it is not known whether a case can stand still. Put parts of it into processes of their own."
    ),
    "refusal_not_caught": _(
        "“%(name)s” may be refused (%(codes)s), and no event catches that: the case would stop until somebody helps. Attach an error event, and draw what is done then."
    ),
    "error_not_caught": _(
        "The end “%(name)s” is an error (%(codes)s) that no event around it catches: the case would stop until somebody helps. Attach an error event to the sub-process."
    ),
    "error_never_thrown": _(
        "“%(name)s” waits for the refusal “%(code)s”, which “%(step)s” never makes (it makes: %(codes)s). Correct the code, or take the event out."
    ),
    "called_error_not_caught": _(
        "The process that “%(name)s” calls may end in an error (%(codes)s) that no event catches: the case would stop until somebody helps. Attach an error event."
    ),
    "message_never_sent": _(
        "“%(name)s” waits for the message “%(message)s”, which no process sends: whoever waits there waits for ever. Send it by a throw event, or take the event out."
    ),
    "message_never_awaited": _(
        "“%(name)s” sends the message “%(message)s”, for which no process waits: nothing happens by it. Correct the message, or take the event out."
    ),
    "refused_for_ever": _(
        "After “%(name)s” a case comes to no end as long as “%(step)s” goes on refusing: nobody on the way can choose otherwise. Lead it to a person whose answer a gateway asks."
    ),
    # what other modelers wrote
    "foreign_operator": _(
        "This step calls a program of %(tool)s (%(setting)s), which is not there. Choose a service task from the list, or make it a user task."
    ),
    "foreign_form": _("This step has a form of %(tool)s (%(setting)s). Choose or create a form here."),
    "foreign_decision": _(
        "This step names a decision in the way of %(tool)s (%(setting)s). Choose a decision table here."
    ),
    "foreign_assignment": _(
        "Who does this step is written in the way of %(tool)s (%(setting)s). Put the step in the lane of its department."
    ),
    "foreign_mapping": _(
        "Inputs and outputs are written in the way of %(tool)s (%(setting)s). Enter them as parameters and as the name of the result."
    ),
    "foreign_listener": _(
        "A listener of %(tool)s (%(setting)s) is not executed. What it does must be drawn as a step of its own."
    ),
    "foreign_script": _(
        "A script is not executed. Use a decision table for what it works out, or a service task for what it does."
    ),
    "foreign_limit": _(
        "The time limit is written in the way of %(tool)s (%(setting)s). Enter it as the limit of the step."
    ),
    "foreign_list": _(
        "For which list the step is repeated is written in the way of %(tool)s (%(setting)s). Enter the list here, as an expression."
    ),
    "foreign_call": _("The called process is named in the way of %(tool)s (%(setting)s). Choose the process here."),
    "foreign_expression": _(
        "“%(setting)s” is an expression of another system. Write it in FEEL, for example amount > 100."
    ),
    "foreign_setting": _("A setting of %(tool)s (%(setting)s) has no effect here. Take it out, or draw what it means."),
}
# What is said where nothing has been named at all: the value that is empty, and the sentence.
UNNAMED = {
    "unknown_form": ("form", _("“%(name)s” has no form. Choose or create one.")),
    "unknown_decision": ("decision", _("“%(name)s” names no decision. Choose or create one.")),
    "unknown_called_process": ("called", _("“%(name)s” does not say which process it calls. Choose one.")),
    "unknown_topic": ("topic", _("“%(name)s” does not say what is to be done. Choose from the list.")),
}
UNKNOWN = _("This cannot be published (%(rule)s).")
# What a form calls the counts of a field, and what the editor calls them.
COUNTS = {
    "decimalDigits": _("Decimals"),
    "minLength": _("Fewest characters"),
    "maxLength": _("Most characters"),
}
# What BPMN calls the kinds of events and elements, and what a page calls them.
KINDS = {
    "message": _("a message"),
    "timer": _("a timer"),
    "signal": _("a signal"),
    "conditional": _("a condition"),
    "escalation": _("an escalation"),
    "link": _("a link"),
    "compensate": _("a compensation"),
    "cancel": _("the cancelling of a transaction"),
    "error": _("an error"),
    "terminate": _("a termination"),
    "several": _("several things at once"),
    "none": _("nothing"),
    "task": _("a task of no kind"),
    "manualTask": _("a manual task"),
    "scriptTask": _("a script"),
    "sendTask": _("a send task"),
    "intermediateThrowEvent": _("an event that sends"),
    "complexGateway": _("a complex gateway"),
    "transaction": _("a transaction"),
    "adHocSubProcess": _("an ad-hoc sub-process"),
    "implicitThrowEvent": _("an event that sends"),
    "choreographyTask": _("a choreography"),
    "subChoreography": _("a choreography"),
    "callChoreography": _("a choreography"),
}


def text(problem: engine.Problem) -> str:
    """Return one finding in the language of the page."""
    values: dict[str, Any] = {
        name: value if name == "missing" else _shown(value) for name, value in problem.values.items()
    }
    if not doubts.is_about_types(problem):
        values |= {name: _kind(str(values[name])) for name in ("type", "trigger") if name in values}
    if problem.rule != "unknown_property" and f"property {values.get('property')}" in changes.FACTS:
        values["property"] = str(gettext(changes.FACTS[f"property {values['property']}"]))
    if problem.rule == "unknown_paper":
        values["known"] = str(gettext("; ")).join(in_language(paper.zh, paper.en) for paper in papers.PAPERS.values())
    if problem.rule == "not_a_count":
        values["setting"] = str(gettext(COUNTS.get(str(values.get("setting")), str(values.get("setting")))))
    values["line"] = problem.line
    values = {"file": problem.file, "form": PurePosixPath(problem.file).stem, **values}
    named = values.get("name") not in (None, "", "—")
    if not named:
        values["name"] = problem.element_id or problem.file
    values |= doubts.words(problem, values, named=named)
    sentence = str(gettext(_sentence(problem)))
    return sentence % doubts.Values(doubts.nested(sentence, values | {"rule": problem.rule}))


def _sentence(problem: engine.Problem) -> str:
    """Return the sentence of a finding; another where something near is known, or nothing has been named."""
    whys, rules = unreadable.BY_RULE.get(problem.rule, {}), {**RULES, **doubts.RULES}
    near = "_near" if problem.values.get("near") else ""
    empty, unnamed = UNNAMED.get(problem.rule, ("", ""))
    if empty and not problem.values.get(empty):
        return unnamed
    reason = str(problem.values.get("why"))
    sentences = (whys.get(reason + near), whys.get(reason), rules.get(problem.rule + near), rules.get(problem.rule))
    return next((sentence for sentence in sentences if sentence), UNKNOWN)


def _shown(value: Any) -> str:
    return "—" if value in ("", None) else str(value)


def _kind(kind: str) -> str:
    """Return a kind in words; one that is none of BPMN's as the file has it."""
    wordings = {**element_kinds.ELEMENTS, **KINDS}
    return str(gettext(wordings[kind])) if kind in wordings else kind


def as_json(problems: Iterable[engine.Problem], package: definitions.Package | None = None) -> list[Mapping[str, Any]]:
    """Return findings as the editor and the API read them; elements of `package` are called as the language of the page has them."""
    naming = Called(package) if package is not None else None
    return [
        {
            "file": problem.file,
            "line": problem.line,
            "element": problem.element_id,
            "rule": problem.rule,
            "warning": problem.warning,
            "text": text(naming.told(problem) if naming is not None else problem),
            "values": plain(problem.values),
        }
        for problem in ground.first_findings(problems)
    ]


def how_many(findings: Sequence[Mapping[str, Any]]) -> int:
    """Return how many findings there are, those that are not listed included."""
    more = findings and findings[-1]["rule"] == "more_findings"
    return int(findings[-1]["values"]["count"]) if more else len(findings)
