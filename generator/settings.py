"""Frozen settings of one run: where things are, and who the site speaks for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.errors import UsageError
from generator.records import Record

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WEB = r"https?://[^\s\"'<>]+"
# What of the identity has a form; the site code's is that of 网站标识码 (ten digits, or bm and eight).
FORMS = (
    ("base_url", re.compile(WEB), "应写网站的完整地址,如 https://www.example.gov.cn/minsheng/;还没有就留空。"),
    ("site_code", re.compile(r"[0-9]{10}|bm[0-9]{8}"), "网站标识码是 10 位数字,或 bm 加 8 位数字;还没有就留空。"),
    ("report", re.compile(rf"{WEB}|[^@\s]+@[^@\s]+\.[^@\s]+"), "应写电子邮箱,或 http(s) 开头的地址;还没有就留空。"),
)


class _Loader(yaml.SafeLoader):
    """Reads mkdocs.yml, passing over the ``!!python`` and ``!ENV`` tags that MkDocs allows there."""


def _ignore(_loader: yaml.Loader, _suffix: str, _node: yaml.Node) -> None:
    return None


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _ignore)
_Loader.add_multi_constructor("!", _ignore)


@dataclass(frozen=True, slots=True)
class Identity:
    """``extra.portal`` of the configuration: the city, never known to the code."""

    city: str
    site_name: str
    office: str
    contact: str
    site_code: str
    base_url: str
    report: str = ""  # where a wrong figure is reported: an e-mail address, or an address with {message} in it
    description: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run needs to know besides the data. ``as_of`` is ISO text or ``None`` (newest in the data)."""

    config: Path
    data: Path
    out: Path
    build: Path
    identity: Identity
    nav: tuple[tuple[str, str], ...]
    overrides: Path
    jobs: int
    as_of: str | None = None
    clean: bool = False
    pending: Record | None = None  # the release that is being made

    @property
    def root(self) -> Path:
        """The folder of the configuration."""
        return self.config.parent

    @property
    def taken_out(self) -> Path:
        """What a withdrawal has taken out of the project's files, until a release has taken it out."""
        return self.build / "before-withdraw"

    @property
    def docs(self) -> Path:
        """Hand-written pages of the site."""
        return self.root / "docs"


def _nav(entries: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(entries, list) or not all(
        isinstance(e, dict) and len(e) == 1 and all(isinstance(v, str) for v in e.values()) for e in entries
    ):
        raise UsageError("mkdocs.yml 的 nav 应当是“标题: 路径/index.md”的清单,一行一个栏目。")
    return tuple((str(title), str(path)) for e in entries for title, path in e.items())


def _is_date(text: str) -> bool:
    try:
        return bool(DATE.fullmatch(text) and dt.date.fromisoformat(text))
    except ValueError:
        return False


def _mapping(value: Any) -> dict[str, Any]:
    """A part of the configuration with parts of its own; what has none (``theme: material``) gives nothing."""
    return value if isinstance(value, dict) else {}


def _place(out: Path) -> Path:
    """The absolute path of the out folder; a link in its place is kept, so that it can be refused."""
    return out.resolve() if out.name in ("", "..") else out.parent.resolve() / out.name


def _refuse(text: Mapping[str, str], name: str) -> None:
    """Raises ``UsageError`` for an identity that pages could not carry: its addresses and code have a form."""
    for key, form, remedy in FORMS:
        if text[key] and not form.fullmatch(text[key]):
            raise UsageError(f"配置文件 {name} 的 extra.portal.{key} 写成了“{text[key]}”。{remedy}")


def load(
    config: Path,
    *,
    data: Path | None = None,
    out: Path | None = None,
    jobs: int = 1,
    as_of: str | None = None,
    clean: bool = False,
) -> Settings:
    """Settings from the configuration file and the options; raises ``UsageError`` on what cannot be used."""
    config = config.resolve()
    try:
        raw = yaml.load(config.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise UsageError(f"找不到配置文件 {config.name}。请在项目文件夹里运行,或用 --config 指明。") from None
    except OSError as error:
        raise UsageError(f"配置文件 {config.name} 打不开:{error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"配置文件 {config.name} 读不懂:{str(error).splitlines()[0]}") from None
    if not isinstance(raw, dict):
        raise UsageError(f"配置文件 {config.name} 是空的或不是键值结构。")
    portal = _mapping(raw.get("extra")).get("portal")
    if not isinstance(portal, dict) or not portal.get("city"):
        raise UsageError(f"配置文件 {config.name} 里缺少 extra.portal.city(城市名称)。")
    if as_of is not None and not _is_date(as_of):
        raise UsageError(f"--as-of 应写成 2021-12-31 这样的日期,现在是“{as_of}”。")
    if jobs < 1:
        raise UsageError(f"--jobs 应是 1 或更大的整数,现在是 {jobs}。")
    text = {k: str(portal.get(k) or "") for k in ("city", "office", "contact", "site_code", "base_url", "report")}
    _refuse(text, config.name)
    root = config.parent
    return Settings(
        config=config,
        data=(data or root / "data").resolve(),
        out=_place(out or root / "site"),
        build=root / "build",
        identity=Identity(
            site_name=str(raw.get("site_name") or text["city"]),
            description=str(raw.get("site_description") or ""),
            **text,
        ),
        nav=_nav(raw.get("nav")),
        overrides=(root / str(_mapping(raw.get("theme")).get("custom_dir") or "overrides")).resolve(),
        jobs=jobs,
        as_of=as_of,
        clean=clean,
    )
