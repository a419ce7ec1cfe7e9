"""Every table known before a test creates them."""

import pkgutil
from importlib import import_module

import models

for module in pkgutil.iter_modules(models.__path__):
    import_module(f"models.{module.name}")
