"""Locals that are called by a pronoun or by what was done to them instead of by what they hold; the one list of such names.

A local is a name that a function binds: a parameter, an assignment, the target of a loop or of a comprehension; it is counted once a function. A participle
is right where it holds a truth value: annotated as `bool`, with a truth value as its default, or given nothing but comparisons, negations and the like.
`left` is a side, not a participle, in a function that binds `right` or `top` too.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from tools.figures import Figure
from tools.figures.bindings import Binding, scopes
from tools.figures.sources import Modules

MOST = 1.0
_PRONOUNS = """
it this that these those they them their theirs its mine ours yours one ones other others another each any some all both such
everyone everybody everything someone somebody something anyone anybody anything nothing whatever whoever stuff thing things
what which who whom whose where when how why
"""
_PARTICIPLES = """
found told given known said taken kept held left done made gone sent seen read shown chosen meant heard felt written drawn begun
sought built bought brought caught come dealt fallen forgotten got grown hidden hung laid led lent lost met paid ridden risen sold
spent spoken stolen struck stuck taught thought thrown torn understood won worn asked wanted needed allowed offered agreed counted
gathered collected named called listed placed refused moved picked handed noted used started judged owed
"""
PRONOUNS, PARTICIPLES = frozenset(_PRONOUNS.split()), frozenset(_PARTICIPLES.split())
BANNED = PRONOUNS | PARTICIPLES


@dataclass(frozen=True)
class Local:
    """A name that a function binds, and where it does so first."""

    path: str
    line: int
    name: str
    is_banned: bool

    @property
    def folder(self) -> str:
        """The folder of its module, from the root."""
        return PurePosixPath(self.path).parent.as_posix()


def locals_of(modules: Modules, folder: str = ".") -> list[Local]:
    """Return every local of the modules at or below `folder`, in the order of the sources."""
    below = "" if folder == "." else f"{folder.rstrip('/')}/"
    return [local for path, tree in modules if path.startswith(below) for local in _of_module(path, tree)]


def shares(names: Iterable[Local]) -> list[Figure]:
    """Return the share of banned names in each folder that has any, the largest first; `places` are file:line name."""
    folders: dict[str, list[Local]] = {}
    for local in names:
        folders.setdefault(local.folder, []).append(local)
    figures = [_share(folder, members) for folder, members in folders.items()]
    return sorted((figure for figure in figures if figure.count), key=lambda figure: -figure.value)


def measured(modules: Modules) -> Figure:
    """Return the share of all locals whose name is one of BANNED; `places` are the modules with the most."""
    names = locals_of(modules)
    banned = Counter(local.path for local in names if local.is_banned)
    places = tuple(f"{path} {count}" for path, count in banned.most_common(5))
    return Figure("locals that are pronouns or participles", banned.total(), MOST, len(names), places)


def _share(folder: str, members: list[Local]) -> Figure:
    places = tuple(f"{local.path}:{local.line} {local.name}" for local in members if local.is_banned)
    return Figure(folder, len(places), MOST, len(members), places)


def _of_module(path: str, tree: ast.Module) -> list[Local]:
    members = [local for bindings in scopes(tree) for local in _of_scope(path, bindings)]
    return sorted(members, key=lambda local: local.line)


def _of_scope(path: str, bindings: list[Binding]) -> list[Local]:
    """Return the locals of a function, each where it is bound first; a name is banned when one binding of it is."""
    by_name: dict[str, list[Binding]] = {}
    for binding in bindings:
        by_name.setdefault(binding.name, []).append(binding)
    sides = {"left"} if by_name.keys() & {"right", "top"} else set()
    return [
        Local(path, min(binding.line for binding in group), name, name not in sides and _is_banned(name, group))
        for name, group in by_name.items()
    ]


def _is_banned(name: str, group: list[Binding]) -> bool:
    return name in PRONOUNS or (name in PARTICIPLES and not all(binding.is_truth for binding in group))
