"""Exports: one case's history as JSON or CSV, all cases as an XES event log, and checking such a file against the record it was made from.

What is told is what the signed entries say, and each case says whether it verified as it was written. Personal values are left out unless they
are asked for, by their place; who may ask is decided at the edge. What is secret leaves with nobody.
"""

from office.exports.checking import EarlierFile, Finding, UnknownFile, check
from office.exports.event_log import Wanted, count, xes
from office.exports.histories import csv_line, history_csv, history_json

__all__ = [
    "EarlierFile",
    "Finding",
    "UnknownFile",
    "Wanted",
    "check",
    "count",
    "csv_line",
    "history_csv",
    "history_json",
    "xes",
]
