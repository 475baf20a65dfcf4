"""What a site is made from besides the program: data, hand-written pages, configuration; as bytes by path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator import stale
from generator.records import hash_of
from generator.settings import Settings

DATA, DOCS, CONFIG = "data/", "docs/", "config"


def read(settings: Settings) -> dict[str, bytes]:
    """All inputs: ``data/…`` below the data folder, ``docs/…`` the hand-written pages, ``config`` the configuration."""
    found = {f"{DATA}{name}": path.read_bytes() for name, path in stale.data(settings)}
    found |= {f"{DOCS}{path.name}": path.read_bytes() for path in sorted(settings.docs.glob("*.md"))}
    return found | {CONFIG: settings.config.read_bytes()}


def place(settings: Settings, name: str) -> Path:
    """Where an input stands."""
    if name.startswith(DATA):
        return settings.data / name.removeprefix(DATA)
    return settings.docs / name.removeprefix(DOCS) if name.startswith(DOCS) else settings.config


def listed(contents: Mapping[str, bytes]) -> bytes:
    """The list of some inputs by their hashes."""
    return listing({name: hash_of(content) for name, content in contents.items()})


def listing(hashes: Mapping[str, object]) -> bytes:
    """A list by path as an object: the same bytes for the same list."""
    return (json.dumps(hashes, ensure_ascii=False, sort_keys=True, indent=0) + "\n").encode()
