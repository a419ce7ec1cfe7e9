"""What ends a request before the office has seen it; these never reach a handler of the office."""

from __future__ import annotations


class Refused(Exception):
    """The request is answered at the edge. `status` is one of `refusals.STATUSES`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class CutOff(Exception):
    """An answer without a length ends here and is not whole; the connection has to break, or the reader would take it for complete."""
