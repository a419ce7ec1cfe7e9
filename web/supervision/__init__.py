"""Supervision: what is late, who bears what was given back, and the notices that every clerk confirms."""
