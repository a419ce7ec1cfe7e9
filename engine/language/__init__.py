"""FEEL, decision tables, form rules and deadline arithmetic: pure functions, no database."""
