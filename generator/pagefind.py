"""The search index, made by Pagefind. The only module that knows it.

Pagefind tells which pages a query finds, and in which order. What a result shows comes from files of our own, a
few pages in each, so Pagefind's own are dropped, as are its worker and its looks.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from generator import search
from generator.errors import MachineError, ProgramError
from generator.files import digest_of, dump, explained
from generator.model import Asset, Page
from generator.store import Work

PACKAGE = "pagefind-bin"
KEPT = ("pagefind.js", "pagefind-entry.json", "wasm.unknown.pagefind", "pagefind.*.pf_meta", "index/*.pf_index")
# How many places make a part of the index, of which a query needs a few; 20,000 is what Pagefind has by itself. Below
# some hundred the table of parts, which every first query needs, grows faster than parts shrink.
CHUNK = 1_500
SIGNATURE = b"pagefind_dcd"  # what every compressed file of Pagefind begins with, once it is unpacked


def assets(work: Work, pages: Iterable[Page], names: Iterable[str]) -> Iterator[Asset]:
    """The files that search needs, a folder a year: the index, what results show, and the plain list; and for all
    years, which of these ``names`` are indexed as a whole.

    Raises ``MachineError`` when Pagefind cannot be run.
    """
    wholes = search.wholes(names)
    known = search.Wholes(wholes)
    yield Asset(f"{search.INDEX}names.json", dump(wholes))
    for year, found in search.by_year(pages).items():
        folder = f"{search.INDEX}{search.name(year)}/"
        language = search.language(year, len(found))
        made = _index(work, {p.path: search.document(p, language, known) for p in found})
        for path, content in sorted(made["files"].items()):
            yield Asset(folder + path, base64.b64decode(content))
        yield from _shown(folder, found, made["ids"])
        yield Asset(f"{folder}pages.json", dump([search.listed(p) for p in found]))


def _shown(folder: str, pages: Sequence[Page], ids: Mapping[str, str]) -> Iterator[Asset]:
    """What results show, by the first digits of their ids. Ten results need ten of these files, so they are small."""
    shelves: dict[str, dict[str, Any]] = {}
    digits = search.digits(len(pages))
    for page in pages:
        found = ids[page.path]
        shelves.setdefault(found.rpartition("_")[2][:digits], {})[found] = search.shown(page)
    for shelf, entries in sorted(shelves.items()):
        yield Asset(f"{folder}shown/{shelf}.json", dump(entries))


def _index(work: Work, documents: Mapping[str, str]) -> Any:
    """``files`` (base64 by path) and ``ids`` (by page) for these documents, kept from the last time if they can be."""
    key = f"search-{digest_of(dump([metadata.version(PACKAGE), KEPT, CHUNK, documents]))}"
    kept = work.get(key)
    if kept is None:
        kept = dump(_made(work, documents))
        work.put(key, kept)
    return json.loads(kept)


def _made(work: Work, documents: Mapping[str, str]) -> dict[str, dict[str, str]]:
    with work.room() as room, explained("写搜索索引"):
        for path, text in documents.items():
            file = room / "pages" / path / "index.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        _run(room)
        made = room / "index"
        files = {f.relative_to(made).as_posix(): f.read_bytes() for kind in KEPT for f in made.glob(kind)}
        ids = dict(_fragment(f) for f in made.glob("fragment/*.pf_fragment"))
    if set(ids) != set(documents):
        raise ProgramError(f"搜索索引里的页面不对:应有 {len(documents)} 页,有 {len(ids)} 页。")
    return {"files": {path: base64.b64encode(content).decode() for path, content in files.items()}, "ids": ids}


def _run(room: Path) -> None:
    """Indexes ``pages`` into ``index``; neither the folder that we are in nor the environment has a say.

    The size of a part can only be set in the environment, and is named unstable there: what a query costs is tested.
    """
    from pagefind_bin import get_executable

    environment = {k: v for k, v in os.environ.items() if not k.upper().startswith("PAGEFIND")}
    environment["PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE"] = str(CHUNK)
    command = [str(get_executable()), "--site", "pages", "--output-path", "index", "--silent"]
    done = subprocess.run(command, cwd=room, env=environment, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise MachineError(f"搜索索引没有做成:Pagefind 的退出码是 {done.returncode}。{said[-1] if said else ''}")


def _fragment(file: Path) -> tuple[str, str]:
    """(path of the page, id of its results) from the file that Pagefind writes for each page."""
    content = gzip.decompress(file.read_bytes())
    if not content.startswith(SIGNATURE):
        raise ProgramError(f"看不懂 Pagefind 写的文件:{file.name}")
    found = json.loads(content.removeprefix(SIGNATURE))
    return found["url"].removeprefix("/"), file.stem
