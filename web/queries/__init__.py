"""Read-only SELECTs and foldings behind the screens."""
