"""What an evaluation may know beside the variables, and how much it may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.language.calendar import Calendar
from engine.language.feel.types import FeelLimit

BUDGET = 100_000


@dataclass
class Scope:
    """What an evaluation may know beside the variables: the instant, the business calendar, and how much it may still do."""

    at: datetime
    calendar: Calendar
    budget: int = field(default=BUDGET, compare=False)

    def spend(self, amount: int) -> None:
        """Take from the budget. Errors: FeelLimit."""
        self.budget -= amount
        if self.budget < 0:
            raise FeelLimit(budget=BUDGET)

    def renew(self) -> None:
        """Begin another evaluation, with the whole budget."""
        self.budget = BUDGET
