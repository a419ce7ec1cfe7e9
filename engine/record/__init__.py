"""The record: entries, the hash chain, sealing, the streams of people, and the one state of a case that steps make.

The shapes of steps have doors of their own: `case_steps`, `person_steps` and, among what is published, `definition_steps`.
"""

from engine.record.case_steps import (
    by_of,
    element_of,
    named,
    scope_of,
    token_of,
)
from engine.record.heads import GENESIS, open_registers
from engine.record.history import BrokenChain, CaseEntry, Entry, beginning, chain, holds_clear, read_history, steps_left
from engine.record.person_streams import (
    Act,
    entries_naming,
    latest_acts,
    record_act,
    record_act_once,
    record_at_most,
    record_not_kept,
)
from engine.record.scopes import Scopes
from engine.record.sealing import Keys, mac, seal_for_office, unseal_for_office, unsealed_beside
from engine.record.steps import ACTS, Failed

__all__ = [
    "ACTS",
    "GENESIS",
    "Act",
    "BrokenChain",
    "CaseEntry",
    "Entry",
    "Failed",
    "Keys",
    "Scopes",
    "beginning",
    "by_of",
    "chain",
    "element_of",
    "entries_naming",
    "holds_clear",
    "latest_acts",
    "mac",
    "named",
    "open_registers",
    "read_history",
    "record_act",
    "record_act_once",
    "record_at_most",
    "record_not_kept",
    "scope_of",
    "seal_for_office",
    "steps_left",
    "token_of",
    "unseal_for_office",
    "unsealed_beside",
]
