"""Commands, exit statuses, and the only module that prints.

Exit status: 0 fine, 1 the input has problems, 2 wrong usage, 3 the program or the machine failed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from generator import pipeline, settings
from generator.errors import PortalError
from generator.files import cause

if TYPE_CHECKING:
    from generator.model import Problem
    from generator.subject import Subject

DONE, PROBLEMS, USAGE, FAILED = 0, 1, 2, 3


class _Parser(argparse.ArgumentParser):
    """Speaks Chinese: in its help, and in one line of what is wrong with a command."""

    def __init__(self, **options: Any) -> None:
        # A shortened option may mean another one tomorrow. "-h" is added by hand, for its text.
        super().__init__(add_help=False, allow_abbrev=False, **options)
        self.add_argument("-h", "--help", action="help", help="显示用法")

    def format_help(self) -> str:
        """The help, with argparse's own words in Chinese."""
        self._positionals.title, self._optionals.title = "命令", "选项"
        return super().format_help().replace("usage: ", "用法:", 1)

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"命令写得不对:{_chinese(message)}。用 {self.prog} --help 看用法。\n")


def _chinese(message: str) -> str:
    words = {
        "the following arguments are required: ": "缺少 ",
        "unrecognized arguments: ": "不认识 ",
        "invalid choice: ": "没有这个选择 ",
        "expected one argument": "后面要跟一个值",
        "invalid int value: ": "应是整数,现在是 ",
        "argument ": "",
        "choose from": "可以是",
    }
    for english, chinese in words.items():
        message = message.replace(english, chinese)
    return message


def _subjects() -> Sequence[Subject]:
    from generator.subjects import SUBJECTS

    return SUBJECTS


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="portal", description="民生公开门户:从数据表到网站。")
    parser.add_argument("--version", action="version", version=_version(), help="显示版本")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", parser_class=_Parser)
    common: Any = argparse.ArgumentParser(add_help=False)  # a bag of options, never run
    common.add_argument("--config", type=Path, default=Path("mkdocs.yml"), metavar="文件", help="配置,默认 mkdocs.yml")
    common.add_argument("--data", type=Path, metavar="文件夹", help="数据,默认是配置旁边的 data")
    common.add_argument("--debug", action="store_true", help="出错时显示程序内部的细节")

    check = commands.add_parser("check", parents=[common], help="核对数据,一次说出全部问题")
    check.add_argument("--format", choices=("text", "json", "github"), default="text", help="报告的格式")
    check.set_defaults(run=_check)

    new_year = commands.add_parser("new-year", parents=[common], help="备好新一年的空表,并在数据契约里登记")
    new_year.add_argument("year", type=int, metavar="年份", help="哪一年,如 2022")
    new_year.set_defaults(run=_new_year)

    for name, run, text in (
        ("build", _build, "生成网站"),
        ("preview", _preview, "生成网站,在本机打开,改了数据自动更新"),
    ):
        command = commands.add_parser(name, parents=[common], help=text)
        command.add_argument("--out", type=Path, metavar="文件夹", help="网站写到哪里,默认 site")
        command.add_argument("--jobs", type=int, default=pipeline.jobs_of_machine(), metavar="N", help="同时用几个进程")
        command.add_argument("--as-of", metavar="日期", help="数据截至哪天,默认取数据里最新的")
        command.set_defaults(run=run)
        if name == "build":
            command.add_argument("--clean", action="store_true", help="不用缓存,全部重做")
            command.add_argument("--why", action="store_true", help="说出每一页为什么重做")
        else:
            command.add_argument("--port", type=int, default=8000, metavar="N", help="端口,默认 8000")
    return parser


def _version() -> str:
    from generator import __version__

    return f"portal {__version__}"


def _settings(options: argparse.Namespace) -> settings.Settings:
    return settings.load(
        options.config,
        data=options.data,
        out=getattr(options, "out", None),
        jobs=getattr(options, "jobs", 1),
        as_of=getattr(options, "as_of", None),
        clean=getattr(options, "clean", False),
    )


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Says what is going on while it lasts; nothing when nobody watches."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status("准备") as status:
        yield lambda text: status.update(text)


def _check(options: argparse.Namespace) -> int:
    from generator import report

    chosen, subjects = _settings(options), _subjects()
    with _progress() as say:
        found = pipeline.checked(chosen, subjects, None, say)
    formats = {"text": report.text, "json": report.json, "github": report.github}
    _print(formats[options.format](found.problems, subjects))
    return PROBLEMS if found.tables is None else DONE


def _new_year(options: argparse.Namespace) -> int:
    from generator import new_year

    chosen, year = _settings(options), options.year
    files = new_year.prepare(chosen.data, year)
    made, fresh = [f for f in files if f.rows is None], [f for f in files if not f.listed]
    for file in files:
        state = "新建" if file.rows is None else f"已有 {file.rows} 行,没有动" if file.rows else "已有空表,没有动"
        _print(f"  {chosen.data.name}/{file.path}  {file.title}:{state}")
    if made or fresh:
        _print(f"{year} 年的空表备好了:新建 {len(made)} 个文件,在 {new_year.PACKAGE} 里登记 {len(fresh)} 个。")
        _print("接下来:按上面的先后填,每填完一张用 portal check 核对;还没有数的表留着空表,网站照常显示有数的年份。")
    else:
        _print(f"没有变化:{year} 年的表都已经有了。")
    return DONE


def _build(options: argparse.Namespace) -> int:
    chosen = _settings(options)
    with _progress() as say:
        outcome = pipeline.build(chosen, _subjects, say)
    _tell(outcome, chosen, why=options.why)
    return DONE


def _tell(outcome: pipeline.Outcome, chosen: settings.Settings, *, why: bool) -> None:
    if outcome.recovered:
        _print(outcome.recovered)
    counts = _counts(outcome.problems)
    if counts:
        _print(f"数据可以用,另有 {counts}(用 portal check 看)。")
    if outcome.nothing:
        _print(f"没有变化:{outcome.pages} 页都是最新的。")
    else:
        _print(
            f"网站共 {outcome.pages} 页:重做 {len(outcome.rebuilt)} 页,画图 {outcome.drawn} 张,"
            f"写入 {len(outcome.written)} 个文件,删除 {len(outcome.deleted)} 个。"
        )
    if why:
        for path, reasons in sorted(outcome.rebuilt.items()):
            _print(f"  /{path}  {'、'.join(reasons)}")
    _print(f"网站在 {chosen.out}")


def _counts(problems: Sequence[Problem]) -> str:
    totals: dict[str, int] = {}
    for problem in problems:
        totals[str(problem.level)] = totals.get(str(problem.level), 0) + 1
    return "、".join(f"{n} 条{level}" for level, n in sorted(totals.items()))


def _preview(options: argparse.Namespace) -> int:
    from generator import preview

    try:
        preview.run(partial(_settings, options), _subjects, options.port, _print)
    except KeyboardInterrupt:  # the way to end it
        _print("预览已停止。")
    return DONE


def _print(text: str) -> None:
    sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()


def _fail(error: BaseException, options: argparse.Namespace) -> int:
    if options.debug:
        traceback.print_exception(error)
    if isinstance(error, pipeline.InputProblems):
        from generator import report

        _print(report.text(error.problems, _subjects()))
    if isinstance(error, PortalError):
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    if isinstance(error, OSError):
        said = f"没有完成:{cause(error)}。"
    elif isinstance(error, MemoryError):
        said = "内存不够。请用 --jobs 1 再试,或关掉别的程序。"
    else:
        said = f"程序出错:{type(error).__name__}: {error}。加上 --debug 可以看到细节。"
    sys.stderr.write(f"{said}\n")
    return FAILED


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status; prints no traceback without ``--debug``."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        sys.stderr.write("已停止。\n")
        return FAILED
    except Exception as error:  # noqa: BLE001 - the one place that maps errors to exit statuses
        return _fail(error, options)
    return status
