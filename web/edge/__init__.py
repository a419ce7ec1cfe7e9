"""The edge: who is at the browser, what they may ask for and send, what they may look at, and what is answered when something cannot be done. `asgi` is what the HTTP server hands requests to."""
