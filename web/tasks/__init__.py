"""Tasks: the worklist, a step with its form, work orders, and the papers printed at a step."""
