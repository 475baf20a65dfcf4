"""What a subject is: a folder that declares its figures, its pages and its rules. Stages know no subject by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from generator.measure import Figures
from generator.model import Figure, Page, Problem
from generator.settings import Identity
from generator.tables import Draft, Tables


@dataclass(frozen=True, slots=True)
class Site:
    """What pages are made from: public tables, every subject's figures, who speaks, and the date to count to."""

    tables: Tables
    figures: Figures
    identity: Identity
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject by what it declares. ``figures`` sees tables only, ``pages`` also everybody's figures."""

    name: str
    figures: Callable[[Tables], Iterable[Figure]]
    pages: Callable[[Site], Iterable[Page]]
    rules: tuple[Callable[[Draft], Iterator[Problem]], ...] = ()
