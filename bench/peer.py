"""Plain SpiffWorkflow as its documentation integrates it: the whole workflow serialised to JSON in a row, restored, run, stored. The peer in the same run.

It does none of the rest: no permission, no history, no worklist rows, no encryption.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.engine.interfaces import DBAPICursor

from bench.databases import SQLITE, Place, plain_connection
from bench.figures import Samples, each
from bench.workloads import complaint
from engine import definitions


class _Script(PythonScriptEngine):
    """Services answer at once; expressions are Python, as stock."""

    def call_service(self, _task: Any, **_kwargs: Any) -> str:
        return json.dumps({"error_amount": 0})


class Peer:
    """One process in SpiffWorkflow over a table with one JSON column."""

    def __init__(self, place: Place, package: definitions.Package) -> None:
        parser = SpiffBpmnParser()
        content = package.bpmn(package.key).replace(b'duration("P1D")', b'"P1D"')
        parser.add_bpmn_xml(etree.fromstring(content).getroottree(), filename=package.key)
        self._spec, self._others = parser.get_spec(package.key), parser.get_subprocess_specs(package.key)
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self._connection, self._place, self._script = plain_connection(place), place, _Script()
        self._sql("create table if not exists peer_workflow (id integer primary key, body text)")
        self._commit()
        self._number = 0

    def completing(self, times: int) -> Samples:
        """Measure completions of whole workflows one after another: select, restore, run, serialise, update, commit."""
        return each(self._steps(times))

    def _steps(self, times: int) -> Iterator[Callable[[], None]]:
        over = True
        for _ in range(times):
            if over:
                self._start()
            yield self._complete
            over = self._over

    def _start(self) -> None:
        workflow = BpmnWorkflow(self._spec, self._others, script_engine=self._script)
        workflow.task_tree.data.update(complaint())
        workflow.do_engine_steps()
        self._number += 1
        insert = "insert into peer_workflow values (?, ?)"
        self._sql(insert, self._number, self._serializer.serialize_json(workflow))
        self._commit()

    def _complete(self) -> None:
        cursor = self._sql("select body from peer_workflow where id = ?", self._number)
        workflow = self._serializer.deserialize_json(cursor.fetchone()[0])
        workflow.script_engine = self._script
        task = next(ready for ready in workflow.get_tasks(state=TaskState.READY, manual=True))
        task.data.update(amount=12_850, note="核对无误")
        task.run()
        workflow.do_engine_steps()
        self._over = workflow.is_completed() or not workflow.get_tasks(state=TaskState.READY, manual=True)
        body = self._serializer.serialize_json(workflow)
        self._sql("update peer_workflow set body = ? where id = ?", body, self._number)
        self._commit()

    def _sql(self, text: str, *values: object) -> DBAPICursor:
        cursor = self._connection.cursor()
        if self._place.kind == SQLITE:
            if not self._connection.in_transaction:
                cursor.execute("BEGIN IMMEDIATE")
            return cursor.execute(text, values)
        cursor.execute(text.replace("?", "%s"), values)
        return cursor

    def _commit(self) -> None:
        self._connection.cursor().execute("COMMIT") if self._place.kind == SQLITE else self._connection.commit()
