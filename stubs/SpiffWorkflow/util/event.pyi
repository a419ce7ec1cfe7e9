from collections.abc import Callable

class Event:
    def connect(self, callback: Callable[..., object], *args: object) -> None: ...
