from flask import Blueprint, Flask
from werkzeug.exceptions import BadRequest

class CSRFProtect:
    def init_app(self, app: Flask) -> None: ...
    def exempt(self, view: Blueprint) -> Blueprint: ...

class CSRFError(BadRequest):
    description: str
