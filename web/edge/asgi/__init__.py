"""The edge of a serving process: every request is read whole, within limits of size and time, before a thread is given to it, and answers wait for slow readers without one.

The office itself is a WSGI application and stays one. Granian hands requests over as ASGI; here they are taken in on the event loop, which costs
a stranger's silence nothing but memory: `body` bounds what is read, `environ` makes a WSGI request of it, `lanes` bounds what is under way,
`answers` writes, `refusals` says no in words, and `watch` ends connections that do not read and processes whose parent is gone.
"""

from __future__ import annotations

from web.edge.asgi.admission import Edge, Limits
from web.edge.asgi.refusals import Refusals
from web.edge.asgi.watch import begin as keep_watch

__all__ = ["Edge", "Limits", "Refusals", "keep_watch"]
