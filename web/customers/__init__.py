"""Customers: the page behind a number, and the intake of a complaint at the counter."""
