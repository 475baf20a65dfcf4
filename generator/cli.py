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
from generator.errors import PortalError, UsageError
from generator.files import cause, put

if TYPE_CHECKING:
    from generator.model import Problem
    from generator.release.publish import Published
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
    check.add_argument(
        "--report",
        type=Path,
        action="append",
        default=[],
        metavar="文件",
        help="另写一份报告:.html 是网页,.xlsx 标出有问题的格子",
    )
    check.set_defaults(run=_check)

    template = commands.add_parser("template", parents=[common], help="做好要填的 Excel 空表,一张表一个文件")
    template.add_argument("tables", nargs="*", metavar="表", help="哪几张表,写名称或标识")
    template.add_argument("--all", action="store_true", help="全部的表")
    template.add_argument("--to", type=Path, default=Path("模板"), metavar="文件夹", help="放到哪里,默认“模板”")
    template.set_defaults(run=_template)

    taken = commands.add_parser("import", parents=[common], help="把单位报来的表格收进数据,先看改动,再问是否写入")
    taken.add_argument("files", nargs="+", metavar="文件", help="Excel、WPS 或 CSV 文件;也可以是放着它们的文件夹")
    taken.add_argument("--table", metavar="表", help="是哪张表,写名称或标识;默认按表头认")
    taken.add_argument("--sheet", metavar="名称", help="只收这张工作表")
    taken.add_argument("--unit", metavar="单位", help="表里金额的单位:亿元、万元或元;默认按表里写的")
    taken.add_argument("--fill", action="append", default=[], metavar="列=值", help="表里没有的列,每行都填这个值")
    taken.add_argument("--delete", action="store_true", help="来件里没有的行,从数据里删去;默认保留")
    taken.add_argument("--yes", action="store_true", help="不再问,能改的都照建议改,直接写入")
    taken.add_argument("--look", action="store_true", help="只看,不写")
    taken.set_defaults(run=_import)

    desk = commands.add_parser("desk", parents=[common], help="收表台:在浏览器里收表,不用再打命令")
    desk.add_argument("--port", type=int, default=8100, metavar="N", help="端口,默认 8100")
    desk.add_argument("--no-open", action="store_true", help="不自动打开浏览器")
    desk.set_defaults(run=_desk)

    new_year = commands.add_parser("new-year", parents=[common], help="备好新一年的空表,并在数据契约里登记")
    new_year.add_argument("year", type=int, metavar="年份", help="哪一年,如 2022")
    new_year.set_defaults(run=_new_year)

    _release_parsers(commands, common)
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


def _release_parsers(commands: Any, common: Any) -> None:
    """The commands around releases: diff, publish, verify, withdraw, audit."""
    site: Any = argparse.ArgumentParser(add_help=False)
    site.add_argument("--out", type=Path, metavar="文件夹", help="网站写到哪里,默认 site")
    site.add_argument("--jobs", type=int, default=pipeline.jobs_of_machine(), metavar="N", help="同时用几个进程")
    target: Any = argparse.ArgumentParser(add_help=False)
    target.add_argument("--to", type=Path, metavar="文件夹", help="对外的网站在哪里:整个换成新的")
    target.add_argument("--zip", type=Path, metavar="文件", help="另把整个网站打成一个压缩包")
    target.add_argument("--approval", default="", metavar="文号", help="批准发布的文号,公布在发布记录里")
    target.add_argument("--demo", action="store_true", help="有演示数据也发布,网站标明是演示站")

    diff = commands.add_parser("diff", parents=[common, site], help="与上一次发布相比,会改动什么")
    diff.add_argument("--format", choices=("text", "json"), default="text", help="显示的格式")
    diff.add_argument("--html", type=Path, metavar="文件", help="另写一份发布审签单,打印出来送审")
    diff.add_argument("--revert", type=int, metavar="N", help="换回第 N 次发布的数据,看会改动什么")
    diff.add_argument("--note", default="", metavar="原因", help="为什么恢复,写进更正表")
    diff.set_defaults(run=_diff)

    publish = commands.add_parser("publish", parents=[common, site, target], help="发布:写下记录,换上新的网站")
    publish.add_argument("--changes", default="", metavar="校验值", help="批准的是哪些改动,默认是上一次 diff 的")
    publish.add_argument("--note", default="", metavar="说明", help="公布在发布记录里的一句话")
    publish.add_argument("--revert", type=int, metavar="N", help="恢复到第 N 次发布的数据")
    publish.set_defaults(run=_publish)

    verify = commands.add_parser("verify", parents=[common], help="核对发布出来的网站和发布记录")
    verify.add_argument("folder", type=Path, metavar="文件夹", help="发布出来的网站,或数据文件夹")
    verify.add_argument("--known", default="", metavar="校验值", help="当时从别处记下的校验值")
    verify.set_defaults(run=_verify)

    withdraw = commands.add_parser("withdraw", parents=[common, site, target], help="撤下一行、一个文件或以前的输入")
    withdraw.add_argument("--row", nargs=2, metavar=("表", "键"), help="哪张表的哪一行")
    withdraw.add_argument("--file", metavar="文件", help="哪个文件,如 data/updates/a.jpg")
    withdraw.add_argument("--input", metavar="校验值", help="以前某次发布的哪个输入")
    withdraw.add_argument("--reason", default="", metavar="原因", help="为什么撤下,会公布")
    withdraw.add_argument("--document", default="", metavar="依据", help="依据的文件,会公布")
    withdraw.set_defaults(run=_withdraw)

    audit = commands.add_parser("audit", parents=[common], help="核对生成的网站:链接、外来请求、必须有的标签")
    audit.add_argument("--out", type=Path, metavar="文件夹", help="哪个网站,默认 site")
    audit.set_defaults(run=_audit)


def _version() -> str:
    from generator import __version__

    return f"portal {__version__}"


def _settings(options: argparse.Namespace) -> settings.Settings:
    chosen = settings.load(
        options.config,
        data=options.data,
        out=getattr(options, "out", None),
        jobs=getattr(options, "jobs", 1),
        as_of=getattr(options, "as_of", None),
        clean=getattr(options, "clean", False),
    )
    if chosen.taken_out.exists():  # by a withdrawal that was killed: no command works on what is half done
        from generator.release import withdraw

        withdraw.recover(chosen)
    return chosen


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
    from generator import report, report_file

    for path in options.report:
        report_file.known(path)
    chosen, subjects = _settings(options), _subjects()
    with _progress() as say:
        found = pipeline.checked(chosen, subjects, None, say)
    formats = {"text": report.text, "json": report.json, "github": report.github}
    _print(formats[options.format](found.problems, subjects))
    for path in options.report:
        report_file.write(path, found.problems, subjects, chosen.data)
        sys.stderr.write(f"报告在 {path}\n")
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


def _template(options: argparse.Namespace) -> int:
    from generator import contract, template

    chosen = _settings(options)
    found = contract.load(chosen.data)
    if not options.tables and not options.all:
        names = "、".join(t.title for t in found.tables())
        raise UsageError(f"请写明哪张表,或者用 --all 做全部。有:{names}。")
    with _progress() as say:
        checked = pipeline.checked(chosen, _subjects(), None, say)
    year = max((r.year for r in found.resources if r.year is not None), default=2000)
    made = 0
    for table in found.chosen(() if options.all else options.tables):
        path, new = template.write(options.to, table, checked.tables, year)
        made += new
        _print(f"  {path}  {table.title}:{'新建' if new else '已有这个文件,没有动'}")
    _print(f"做好 {made} 个空表,在 {options.to}。填好以后不要改表头;每一列怎么填,点一下单元格就看到。")
    if checked.tables is None:
        _print("现有的数据有错误(用 portal check 看),所以清单里没有区划、单位和来源。")
    return DONE


def _import(options: argparse.Namespace) -> int:
    from generator import contract
    from generator.intake import files, take, told
    from generator.store import Work

    chosen, subjects = _settings(options), _subjects()
    wanted = take.Options(options.table, options.sheet, options.unit, _fills(options.fill), options.delete)
    sent = files.found(options.files)
    with _progress() as say:
        say("读取表格")
        intake = take.read(contract.load(chosen.data), subjects, sent, wanted, Work(chosen.build))
    _print(told.text(intake))
    if intake.refused:
        return PROBLEMS
    if options.look or not intake.writes:
        return DONE
    if not options.yes and not _agreed(len(intake.questions)):
        _print("没有写入。")
        return PROBLEMS
    for path in take.write(intake, chosen.data, chosen.build):
        _print(f"已写入 {chosen.data.name}/{path}")
    _print("接下来:用 portal preview 看看网站。")
    return DONE


def _desk(options: argparse.Namespace) -> int:
    from generator.desk import server

    try:
        server.run(partial(_settings, options), _subjects, options.port, _print, show=not options.no_open)
    except KeyboardInterrupt:  # the way to end it
        _print("收表台已关闭。")
    return DONE


def _fills(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := next((text for text, pair in zip(given, pairs, strict=True) if not pair[0] or not pair[1]), None):
        raise UsageError(f"--fill 写成“列=值”,如 --fill 来源=demo-2021;现在是“{wrong}”。")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _agreed(questions: int) -> bool:
    """Whether somebody at the terminal says yes; nobody there is a no."""
    if not sys.stdin.isatty():
        sys.stderr.write("要写入,请加 --yes。\n")
        return False
    asked = f"上面 {questions} 处“要问”的都照建议读,并写入数据" if questions else "写入数据"
    sys.stderr.write(f"{asked}吗?(是输入 y,回车是不写) ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


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


def _reverted(options: argparse.Namespace, chosen: settings.Settings) -> None:
    """With --revert, puts an older release's data back first; says so beside what the command prints."""
    from generator.release import revert

    if options.revert is not None:
        for text in revert.restore(chosen, options.revert, options.note.strip(), _subjects()):
            sys.stderr.write(f"{text}\n")


def _diff(options: argparse.Namespace) -> int:
    from generator import report
    from generator.diff import told
    from generator.release import compare, publish

    chosen = _settings(options)
    _reverted(options, chosen)
    try:
        with _progress() as say:
            found = compare.compare(chosen, _subjects, say, reverts=options.revert)
    except pipeline.InputProblems as error:
        if options.format != "json":
            raise
        _print(report.json(error.problems, _subjects()))  # who reads JSON is told in JSON
        return PROBLEMS
    publish.show(chosen, found)
    _print(told.as_json(found.changes) if options.format == "json" else told.text(found.changes))
    if options.html:
        page = told.html(found.changes, site=chosen.identity.site_name, as_of=found.as_of)
        put(options.html.parent, {options.html.name: page.encode()})
        sys.stderr.write(f"发布审签单在 {options.html}\n")
    return PROBLEMS if found.changes.wanted or found.changes.lost else DONE


def _publish(options: argparse.Namespace) -> int:
    from generator.release import publish

    chosen = _settings(options)
    wish = publish.Wish(
        options.to, options.zip, options.approval.strip(), options.changes.strip(), options.note.strip(), options.demo,
        options.revert,
    )  # fmt: skip
    _reverted(options, chosen)
    with _progress() as say:
        done = publish.publish(chosen, _subjects, wish, say)
    return _published(done)


def _published(done: Published) -> int:
    from generator.release import publish

    _print(publish.summary(done))
    for text in done.said:
        _print(text)
    return DONE


def _verify(options: argparse.Namespace) -> int:
    from generator.release import verify

    found = verify.verify(options.folder, options.known.strip())
    _print(found.said)
    for text in found.problems:
        _print(f"  {text}")
    _print("没有通过:上面各处对不上。" if found.problems else "全部对得上。")
    return PROBLEMS if found.problems else DONE


def _withdraw(options: argparse.Namespace) -> int:
    from generator import records
    from generator.release import publish, withdraw

    chosen = _settings(options)
    if sum(map(bool, (options.row, options.file, options.input))) != 1:
        raise UsageError("请用 --row、--file 或 --input 写明撤下什么,一次一样。")
    if not options.reason.strip():
        raise UsageError("请用 --reason 写明原因:它会公布在发布记录里。")
    if options.row:
        gone = withdraw.row(chosen, *options.row)
    else:
        gone = withdraw.file(chosen, options.file) if options.file else withdraw.old_input(chosen, options.input)
    wish = publish.Wish(options.to, options.zip, options.approval.strip(), demo=options.demo)
    words = (options.reason.strip(), options.document.strip())
    lost = gone.lost(records.load(chosen.data))
    with _progress() as say:
        done = publish.withdrawn(chosen, _subjects, gone, wish, *words, say)
    _print(f"已撤下{gone.what},以前的发布里有它的 {len(gone.gone)} 个文件里也没有它了。")
    if lost:
        _print(f"第 {'、'.join(map(str, lost))} 次发布从此不能再恢复。")
    return _published(done)


def _audit(options: argparse.Namespace) -> int:
    from generator import audit

    chosen = _settings(options)
    if not (chosen.out / "index.html").is_file():
        raise UsageError(f"{chosen.out} 里还没有网站。先运行 portal build。")
    found = list(audit.problems(chosen.out))
    for text in found:
        _print(f"  {text}")
    _print(f"网站有 {len(found)} 处要改。" if found else "网站通过核对:链接、外来请求、必须有的标签。")
    return PROBLEMS if found else DONE


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
