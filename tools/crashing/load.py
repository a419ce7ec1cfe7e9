"""Clerks who work by HTTP until they are told to stop, and remember what the office has confirmed to them."""

from __future__ import annotations

import json
import random
import threading
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from engine import now
from tools.crashing.place import KEY, Place

CLERKS = 6
OF_EACH_KIND = ("TS-001", "TS-002", "TS-004", "TS-006", "TS-007")
WORDS = {"text": "多收了彩铃功能费,要求退费", "reason": "客户要求"}


@dataclass
class Confirmed:
    """What was answered with success; `unknown` requests were cut off, and may or may not have been done."""

    completions: dict[int, int] = field(default_factory=dict)
    starts: list[str] = field(default_factory=list)
    refused: int = 0
    unknown: int = 0


class Shift:
    """Some clerks at work between two kills."""

    def __init__(self, place: Place, seed: int) -> None:
        self.confirmed = Confirmed()
        self._place, self._stop, self._lock = place, threading.Event(), threading.Lock()
        self._first = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(random.Random(seed * CLERKS + number),), daemon=True)  # noqa: S311
            for number in range(CLERKS)
        ]

    def begin(self) -> None:
        """Let them work."""
        for thread in self._threads:
            thread.start()

    def wait_for_a_confirmation(self, seconds: float) -> None:
        """Wait until somebody has been told of success, at most so long."""
        self._first.wait(seconds)

    def end(self) -> Confirmed:
        """Send them home; what they were told."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.confirmed

    def _work(self, chance: random.Random) -> None:
        while not self._stop.is_set():
            clerk = Clerk(self._place.address, chance.choice(self._place.tokens), chance)
            try:
                self._note(*clerk.do_something())
            except HTTPError:
                self._count("refused")
            except (OSError, HTTPException, ValueError):
                self._count("unknown")
                self._stop.wait(0.05)

    def _count(self, counter: str) -> None:
        with self._lock:
            setattr(self.confirmed, counter, getattr(self.confirmed, counter) + 1)

    def _note(self, task_id: int, answer: dict[str, Any]) -> None:
        with self._lock:
            if task_id:
                self.confirmed.completions[task_id] = answer["instance_id"]
            elif answer:
                self.confirmed.starts.append(answer["case_number"])
        if answer:
            self._first.set()


class Clerk:
    """Somebody with a token who does one thing."""

    def __init__(self, address: str, token: str, chance: random.Random) -> None:
        self._address, self._chance = f"{address}/api/v1", chance
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def do_something(self) -> tuple[int, dict[str, Any]]:
        """Complete a task (its id and the answer) or take a complaint in (0 and the answer); (0, {}) when there is nothing to do."""
        if self._chance.random() < 0.1:
            return 0, self._take_in()
        query = f"?process={KEY}" if self._chance.random() < 0.7 else ""
        tasks = self.ask(f"/tasks{query}")["tasks"]
        if not tasks:
            return 0, {}
        task_id = int(self._chance.choice(tasks)["id"])
        form = {form_field["key"]: self._fill_in(form_field) for form_field in self.ask(f"/tasks/{task_id}")["form"]}
        return task_id, self.ask(f"/tasks/{task_id}/completion", {"form": form})

    def _take_in(self) -> dict[str, Any]:
        complaint = {
            "msisdn": f"1390000{self._chance.randint(1, 8):02d}0{self._chance.randint(1, 3)}",
            "complaint_text": WORDS["text"],
            "disputed_amount": 1000,
            "overrule_reason": WORDS["reason"],
        }
        return self.ask(f"/processes/{self._chance.choice(OF_EACH_KIND)}/instances", {"variables": complaint})

    def _fill_in(self, form_field: dict[str, Any]) -> object:
        if form_field["value"] not in (None, "", []):
            return form_field["value"]
        if form_field["options"]:
            value = self._chance.choice(form_field["options"])["value"]
            return [value] if form_field["type"] == "checklist" else value
        values: dict[str, Any] = {
            "number": "1",
            "checkbox": "yes",
            "lines": [],
            "datetime": (now() + timedelta(days=1)).date().isoformat(),
        }
        return values.get(form_field["type"], WORDS["reason"])

    def ask(self, path: str, document: Any = None) -> dict[str, Any]:
        """Return the answer of the API to one request."""
        content = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self._address + path, content, self._headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            reply: dict[str, Any] = json.load(answer)
            return reply
