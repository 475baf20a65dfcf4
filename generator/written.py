"""Rows that are written as pages: ``data/updates/*.md``, each with its columns on top and its text below.

A schema that has ``written: 内容`` names the column that the text is; the others stand on top, between two lines of
``---``, by their headers or ids. Such a file is a row like any other: the same columns, rules, and table. A paragraph
that is a picture alone, ``![what is to be seen](photo.jpg)``, shows a file that lies beside it.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import yaml

from generator import imaging, personal
from generator.contract import Contract, Resource, Table
from generator.files import Cache, digest_of
from generator.format import bare
from generator.imaging import Picture, Refused
from generator.model import Level, Problem
from generator.read import RawTable
from generator.sheet import Sheet, parse_cells
from generator.tables import PICTURE
from generator.values import short

MATTER = re.compile(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
MARKED = re.compile(r"^(#{1,6} |[-*+] |[0-9]+\. |> |```|\|)|<[a-z/!]|\[[^\]]*\]\([^)]*\)|\*\*|__", re.MULTILINE)
NAME = re.compile(r"[^/\\]+")
PLACE = re.compile(r"^第 [0-9]+ 行 ?|\([A-Z]+ 列\)")
EXAMPLE = "照这样写:\n---\n编号: 27\n日期: 2021-12-31\n类型: 工作动态\n标题: …\n来源: …\n---\n正文"


def tables(contract: Contract) -> list[Table]:
    """The tables whose rows may be pages."""
    return [t for t in contract.tables() if t.written]


def pages(contract: Contract, table: Table) -> Iterator[tuple[Path, str]]:
    """The files of a table's pages, with their paths as shown."""
    for path in sorted((contract.folder / table.id).glob("*.md")):
        yield path, path.relative_to(contract.folder).as_posix()


def sheets(contract: Contract, table: Table) -> Iterator[tuple[Sheet, Resource | None]]:
    """Each page of a table as a sheet of one row, with the file whose row it is: the year's."""
    for path, shown in pages(contract, table):
        shown, private = personal.named(shown)
        if private:
            continue  # told of already, with every other file's name
        try:
            text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            problem = Problem(Level.ERROR, "written", "打不开,或不是 UTF-8 编码。", "另存为 UTF-8。", shown)
            yield Sheet(shown, problems=[problem], readable=False), None
            continue
        yield _sheet(contract, table, text, shown)


def _sheet(contract: Contract, table: Table, text: str, shown: str) -> tuple[Sheet, Resource | None]:
    def refused(message: str, remedy: str) -> tuple[Sheet, None]:
        return Sheet(shown, problems=[Problem(Level.ERROR, "written", message, remedy, shown)], readable=False), None

    found = MATTER.match(text)
    try:
        matter = yaml.load(found[1], Loader=_Texts) if found else None  # noqa: S506 - a SafeLoader
    except yaml.YAMLError:
        matter = None
    if found is None or not isinstance(matter, dict):
        return refused("开头没有写明各列,或读不懂。", EXAMPLE)
    columns = {bare(name): c for c in table.columns for name in (c.name, c.id)}
    unknown = [str(name) for name in matter if bare(str(name)) not in columns]
    if unknown:
        masked = "、".join(short(personal.masked(name)[0]) for name in unknown)
        return refused(
            f"开头的“{masked}”不是“{table.title}”表的列。", f"可以写:{'、'.join(c.name for c in table.columns)}。"
        )
    values = {columns[bare(str(name))].id: _text(value) for name, value in matter.items()}
    body = table.column(table.written or "")
    values[body.id] = text[found.end() :].strip()
    date = next((values[c.id] for c in table.columns if c.type == "date" and c.id in values), "")
    values.setdefault("year", date[:4])
    raw = RawTable(
        tuple(c.name for c in table.columns), ((1, tuple(values.get(c.id, "") for c in table.columns)),), ",", ""
    )
    resource = next((r for r in contract.of(table.id) if str(r.year) == values["year"]), None)
    if resource is None:
        return refused(
            f"“{table.title}”表没有 {values['year'] or '这'} 年的文件。",
            "核对日期;确实是新的一年,先运行 portal new-year。",
        )
    sheet = parse_cells(raw, table, shown, resource.year)
    if MARKED.search(PICTURE.sub("", values[body.id])):
        message = "正文只分段、只放图片:标题、清单、链接、粗体会照原样显示出来。"
        sheet.problems.append(Problem(Level.WARNING, "written_marks", message, "去掉这些记号,分段用空行。", shown))
    return sheet, resource


class _Texts(yaml.SafeLoader):
    """Reads every value as the text that stands there: 2021-12-31 is no date yet, 是 no truth."""


_Texts.yaml_implicit_resolvers = {}


def _text(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def placed(problem: Problem) -> Problem:
    """A problem of a page as a clerk finds it: by its heading on top, not by row and letter."""
    if not problem.file.endswith(".md") or problem.file.startswith("docs/"):
        return problem
    return replace(problem, message=PLACE.sub("", problem.message), row=None, letter=None)


# --- pictures ---------------------------------------------------------------------------------------------


def named(text: str) -> list[tuple[str, str]]:
    """The pictures of a text, in order: (file, what is to be seen)."""
    return [(m[2], m[1].strip()) for m in PICTURE.finditer(text)]


def pictures(
    contract: Contract, texts: Mapping[str, Sequence[str]], cache: Cache | None
) -> tuple[dict[str, Picture], list[Problem]]:
    """The pictures that texts name, by table and path (``updates/photo.jpg``), as they are published; and what is wrong
    with them. ``texts``: table id -> the texts of its rows."""
    found: dict[str, Picture] = {}
    problems: list[Problem] = []
    for table in tables(contract):
        wanted: dict[str, str] = {}
        for name, alt in (pair for text in texts.get(table.id, ()) for pair in named(text)):
            wanted[name] = wanted.get(name) or alt
        folder = contract.folder / table.id
        for name, alt in sorted(wanted.items()):
            shown = f"{table.id}/{short(personal.masked(name)[0])}"
            try:
                found[f"{table.id}/{name}"] = _picture(folder, name, alt, shown, cache, problems)
            except Refused as refused:
                problems.append(Problem(Level.ERROR, "picture", f"{refused.message}。", refused.remedy, shown))
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path.suffix.lower() in imaging.SUFFIXES and path.name not in wanted:
                shown = f"{table.id}/{personal.masked(path.name)[0]}"
                message = "没有一篇用到这张图片,它不会公开。"
                problems.append(Problem(Level.NOTE, "picture_unused", message, "不用的删去。", shown))
                with suppress(Refused, OSError):  # a release keeps it all the same, with the other inputs
                    content = path.read_bytes()
                    if why := _private(imaging.texts(imaging.open_(content), content)):
                        problems.append(Problem(Level.ERROR, "picture", f"{why.message}。", why.remedy, shown))
    return found, problems


def _private(texts: Iterable[str]) -> Refused | None:
    """Why a picture may not be here: there is a number that names a person in what is written in it."""
    kinds = sorted({what for text in texts for _, _, what in personal.find(text)})
    message = f"图片自带的信息里有{'、'.join(kinds)}"
    return Refused(message, "用看图软件另存一份,不要带照片信息(EXIF)。") if kinds else None


@lru_cache
def _code() -> str:
    """What decides about a picture besides its bytes: how it is drawn anew, and what is looked for in it."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (imaging, personal)]
    versions = [f"{name} {version(name)}".encode() for name in ("pillow", "python-stdnum")]
    return digest_of(b"\0".join([*sources, *versions]))


def _picture(
    folder: Path, name: str, alt: str, shown: str, cache: Cache | None, problems: list[Problem]
) -> Picture:  # fmt: skip
    if not NAME.fullmatch(name) or not (folder / name).is_file() or (folder / name).is_symlink():
        raise Refused("找不到这张图片", f"把图片放进 data/{folder.name},和文章放在一起,只写文件名。")
    if not alt:
        raise Refused("没有写图片里是什么", "写成 ![图片里有什么](文件名):看不见图片的人靠它。")
    content = (folder / name).read_bytes()
    key = f"picture-{_code()}-{digest_of(content)}"
    if cache and (kept := cache.get(key)):
        return _loaded(kept, shown, problems)
    opened = imaging.open_(content)
    if refused := _private(imaging.texts(opened, content)):
        raise refused
    located = imaging.located(opened)
    made = imaging.published(opened)
    saved = {"suffix": made.suffix, "width": made.width, "height": made.height, "located": located}
    kept = json.dumps({**saved, "content": b64encode(made.content).decode()}).encode()
    if cache:
        cache.put(key, kept)
    return _loaded(kept, shown, problems)


def _loaded(kept: bytes, shown: str, problems: list[Problem]) -> Picture:
    saved = json.loads(kept)
    if saved["located"]:
        message = "照片里记着拍摄地点,公开的那一份已经去掉。"
        problems.append(Problem(Level.NOTE, "picture_located", message, "不必改。", shown))
    return Picture(b64decode(saved["content"]), saved["suffix"], saved["width"], saved["height"])
