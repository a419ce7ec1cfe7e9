"""The people of every test, the demo office and the documents: who they are to the engine. Nora may see nothing of ours."""

from engine import Actor

CLEO = Actor("cleo", frozenset({"service_hall"}), frozenset({"clerk"}))
CARL = Actor("carl", CLEO.groups, CLEO.roles)
SAM = Actor("sam", frozenset({"service_hall", "supervisor"}), frozenset({"clerk", "supervisor"}))
ADA = Actor("ada", frozenset(), frozenset({"auditor"}))
OLU = Actor("olu", frozenset(), frozenset({"owner"}))
NORA = Actor("nora", frozenset({"engineering_centre"}), frozenset({"clerk"}))
