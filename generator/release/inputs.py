"""What a site is made from besides the program: data, hand-written pages, configuration; as bytes by path."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from generator import contract, imaging, stale, written
from generator.records import hash_of
from generator.settings import Settings

DATA, DOCS, CONFIG = "data/", "docs/", "config"
PACKAGE, SCHEMAS = "datapackage.yaml", "schemas"


def read(settings: Settings) -> dict[str, bytes]:
    """All inputs: ``data/…`` below the data folder, ``docs/…`` the hand-written pages, ``config`` the configuration.

    What only lies in the data folder, read and looked through by nobody (a workbook, a list of names), is none: a
    release would keep it in public.
    """
    known = contract.load(settings.data)
    named = {str(entry.get(what)) for entry in known.descriptor["resources"] for what in ("path", "schema")}
    folders = {table.id for table in written.tables(known)}
    found = {f"{DATA}{name}": path.read_bytes() for name, path in stale.data(settings) if _read(name, named, folders)}
    found |= {f"{DOCS}{path.name}": path.read_bytes() for path in sorted(settings.docs.glob("*.md"))}
    return found | {CONFIG: settings.config.read_bytes()}


def _read(name: str, named: Collection[str], folders: Collection[str]) -> bool:
    """Whether a file of the data folder is one that the site is made from: the package or what it names, a schema, or
    a page or picture in one of the folders of pages."""
    path = PurePosixPath(name)
    described = name == PACKAGE or (str(path.parent) == SCHEMAS and path.suffix == ".yaml")
    return described or name in named or (str(path.parent) in folders and optional(name))


def optional(name: str) -> bool:
    """Whether a site can be made without this input: a page or a picture, no table and no configuration."""
    return PurePosixPath(name).suffix.lower() in (".md", *imaging.SUFFIXES)


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
