"""Which cases stand in a process that another one has called, by the version of it that they use.

A case stands where a person has an open task, and where something is awaited: an instant, a message, a service task. What is awaited is known by the
id of its element; one that several processes of the case share is counted for none of them. A process that has called the one where the case stands is
still being carried out, and counts it too; where several ways lead there, the record says which was taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select, literal, select, union

from engine import definitions, proof
from models.base import session
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.job import Job
from models.states import CaseState, JobState, TaskState
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from web.lookup.definitions import version
from web.queries.used_versions import version_in

Standing = tuple[definitions.Definition, str, int]
AWAITING = frozenset({"intermediateCatchEvent", "receiveTask", "serviceTask", "sendTask", "intermediateThrowEvent"})
Called = dict[str, dict[int, set[int]]]
OWN = 2  # a task in the process to which the case itself belongs; 1: in one that it called, 0: something is awaited


def called() -> Called:
    """Return the running cases inside each called process: key, then its version (0 for one never published by itself), then the cases."""
    return _called(session().execute(union(*_arms())))


def of_page(key: str, definition: definitions.Definition) -> tuple[Called, dict[str, int]]:
    """Return the same, and how many running cases stand at each element of a process as it is drawn: with a person, or where something is awaited."""
    own = _of_running(UserTask, UserTask.process_key, OWN).where(
        UserTask.state == TaskState.OPEN, UserTask.process_key == key, ProcessInstance.key == key
    )
    rows = list(session().execute(union(*_arms(), own)))
    return _called(row for row in rows if row[0] != OWN), _at_elements(key, definition, rows)


def _at_elements(key: str, definition: definitions.Definition, rows: Iterable[Any]) -> dict[str, int]:
    cases: dict[str, set[int]] = defaultdict(set)
    elements = definition.processes[key].diagram.elements.values()
    waiting_ids = {element.id for element in elements if element.type in AWAITING and not element.attached_to}
    for kind, definition_id, sha256, name, instance_id, element in rows:
        if name == key if kind else element in waiting_ids and _only_in(version(definition_id, sha256), element) == key:
            cases[element].add(instance_id)
    return {element: len(instances) for element, instances in cases.items()}


def _called(rows: Iterable[Any]) -> Called:
    cases: Called = defaultdict(lambda: defaultdict(set))
    numbers: dict[tuple[int, str], int] = {}
    for definition, key, instance_id in _inside(set(_standing(rows))):
        if key == definition.key:
            continue
        if (definition.id, key) not in numbers:
            numbers[definition.id, key] = version_in(definition, key)
        cases[key][numbers[definition.id, key]].add(instance_id)
    return cases


def _only_in(definition: definitions.Definition, element: str) -> str:
    """Return the one process of a definition that has an element of this id; nothing where several have."""
    holding = [key for key, process in definition.processes.items() if element in process.diagram.elements]
    return holding[0] if len(holding) == 1 else ""


def _inside(standing: set[Standing]) -> Iterator[Standing]:
    """Yield where cases stand, and the processes between their own and those."""
    unsure: dict[int, definitions.Definition] = {}
    for definition, key, instance_id in standing:
        yield definition, key, instance_id
        ways = _ways(definition, definition.key, key)
        for between in ways[0] if len(ways) == 1 else ():
            yield definition, between, instance_id
        if len(ways) > 1:
            unsure[instance_id] = definition
    for instance_id, keys in proof.calls_under_way(unsure).items():
        for key in keys:
            yield unsure[instance_id], key, instance_id


def _ways(definition: definitions.Definition, begin: str, end: str) -> list[tuple[str, ...]]:
    """Return the processes between two of them, for every way in which the one leads to the other by calls."""
    if begin == end:
        return [()]
    callees = sorted(definition.processes[begin].diagram.called_processes() & definition.processes.keys())
    return [
        (*((callee,) if callee != end else ()), *rest) for callee in callees for rest in _ways(definition, callee, end)
    ]


def _standing(rows: Iterable[Any]) -> Iterator[Standing]:
    """Yield those with an open task in a called process, as most cases stand in their own, and those that await something."""
    for is_process, definition_id, sha256, name, instance_id, _element in rows:
        definition = version(definition_id, sha256)
        holding = name if is_process else _only_in(definition, name)
        if holding:
            yield definition, holding, instance_id


@cache
def _arms() -> tuple[Select[Any], ...]:
    people = _of_running(UserTask, UserTask.process_key, 1).where(UserTask.state == TaskState.OPEN)
    jobs = _of_running(Job, Job.element_id, 0).where(Job.state == JobState.QUEUED)
    awaited = (_of_running(table, table.element_id, 0) for table in (Timer, MessageSubscription))
    return people.where(UserTask.process_key != ProcessInstance.key), jobs, *awaited


def _of_running(table: type[UserTask | Timer | MessageSubscription | Job], column: Any, kind: int) -> Select[Any]:
    columns = (literal(kind), ProcessInstance.definition_id, ProcessDefinition.sha256, column, ProcessInstance.id)
    query: Select[Any] = select(*columns, table.element_id.label("element"))
    return (
        query.select_from(table)
        .join(ProcessInstance, ProcessInstance.id == table.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.state == CaseState.ACTIVE)
    )
