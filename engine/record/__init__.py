"""The record: steps and entries, the hash chain, sealing, the streams of people, and the one state of a case that steps make."""

from engine.record.case_steps import CaseStep
from engine.record.heads import GENESIS, open_registers
from engine.record.history import BrokenChain, Entry, chain, holds_clear, read_history, steps_left
from engine.record.person_steps import Exported, LoggedIn, LoginLocked, Looked, PersonStep, Refusal, Token
from engine.record.person_streams import Act, entries_naming, latest_acts, record_act, record_act_once, record_not_kept
from engine.record.scopes import Scopes
from engine.record.sealing import Keys, mac, seal_for_office, unseal_for_office, unsealed_beside
from engine.record.steps import ACTS, Failed

__all__ = [
    "ACTS",
    "GENESIS",
    "Act",
    "BrokenChain",
    "CaseStep",
    "Entry",
    "Exported",
    "Failed",
    "Keys",
    "LoggedIn",
    "LoginLocked",
    "Looked",
    "PersonStep",
    "Refusal",
    "Scopes",
    "Token",
    "chain",
    "entries_naming",
    "holds_clear",
    "latest_acts",
    "mac",
    "open_registers",
    "read_history",
    "record_act",
    "record_act_once",
    "record_not_kept",
    "seal_for_office",
    "steps_left",
    "unseal_for_office",
    "unsealed_beside",
]
