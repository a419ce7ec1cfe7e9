"""Tables and their invariants; no decision is taken here."""
