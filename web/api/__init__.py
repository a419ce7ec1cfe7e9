"""The REST API under /api/v1: its resources and the shapes of what is sent and answered."""
