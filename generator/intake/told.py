"""What an intake says, as text: file by file what was mended, asked, left out and refused; then what would change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.intake.merge import Merged
from generator.intake.part import Part
from generator.intake.take import Intake, Sent
from generator.model import Level, Problem

MOST = 40  # lines of one sort; the rest is counted
MOST_ROWS = 12  # numbers of rows in one question
ROW = re.compile(r"^第 [0-9]+ 行 ")
NAMED = 5  # rows that are named where many are alike


def text(intake: Intake) -> str:
    """All of it, for a terminal or a log."""
    lines = [line for sent in intake.sent for line in (*_sent(sent), "")]
    return "\n".join([*lines, *_changes(intake)])


def grouped(questions: Sequence[Problem]) -> list[str]:
    """The words of some questions; those that are the same but for their rows are one."""
    found: dict[tuple[str, str], list[str]] = {}
    for question in questions:
        at_row = ROW.match(question.message)
        words = question.message[at_row.end() :] if at_row else question.message
        found.setdefault((question.file, words), []).extend([str(question.row)] if at_row else [])
    several = len({file for file, _ in found}) > 1
    return [(f"{file} " if several else "") + _rows(rows) + words for (file, words), rows in found.items()]


def _rows(rows: Sequence[str]) -> str:
    more = f" 等 {len(rows)}" if len(rows) > MOST_ROWS else ""
    return f"第 {'、'.join(rows[:MOST_ROWS])}{more} 行 " if rows else ""


def _limited(lines: Sequence[str], unit: str = "处") -> list[str]:
    rest = len(lines) - MOST
    return [*lines[:MOST], *([f"另有 {rest} {unit}。"] if rest > 0 else [])]


def _block(title: str, lines: Sequence[str], unit: str = "处") -> Iterator[str]:
    if lines:
        yield f"  {title} {len(lines)} {unit}:"
        yield from (f"    {line}" for line in _limited(lines, unit))


def _line(problem: Problem) -> str:
    remedy = "" if problem.remedy in ("", "不必改。") else f" {problem.remedy}"
    return problem.message + remedy


def _sent(sent: Sent) -> Iterator[str]:
    yield sent.name
    for problem in sent.problems:
        yield f"  {problem.level}:{_line(problem)}"
    for part in sent.parts:
        yield from _part(part, sent)


def _part(part: Part, sent: Sent) -> Iterator[str]:
    sheet = f"工作表“{part.grid.sheet}”:" if part.shown != sent.name else ""
    yield f"  {sheet}“{part.table.title}”表,{len(part.raw.rows)} 行数据。"
    notes = [p for p in part.notes if p.level is Level.NOTE]
    yield from _block("错误", [_line(p) for p in part.refusals])
    yield from _block("注意", [_line(p) for p in part.notes if p.level is Level.WARNING])
    if part.questions:
        yield f"  要问 {len(part.questions)} 处:"
        yield from (f"    {line}" for line in _limited(grouped(part.questions), "条"))
    yield from _block("已改", [_line(p) for p in notes])
    yield from _block(
        "没有收", [f"第 {x.row} 行({x.why}):{x.text[:60]}" for x in sorted(part.left, key=lambda x: x.row)], "行"
    )


def _some(names: Sequence[str]) -> str:
    return ";".join(names[:NAMED]) + (" 等" if len(names) > NAMED else "")


def _merged(merged: Merged) -> Iterator[str]:
    cells = sum(len(changes) for changes in merged.changed.values())
    counts = [
        f"新增 {len(merged.new)} 行", f"改动 {len(merged.changed)} 行({cells} 个数)", f"不变 {merged.unchanged} 行",
        f"来件里没有 {len(merged.missing)} 行({'删去' if merged.deleted else '保留'})",
    ]  # fmt: skip
    yield f"  {merged.resource.path}:{','.join(counts)}"
    if merged.new:
        yield f"    新增:{_some(merged.new)}"
    lines = [f"{c.key} {c.column}:“{c.old}”→“{c.new}”" for changes in merged.changed.values() for c in changes]
    yield from (f"    改动:{line}" for line in _limited(lines))
    yield from _missing(merged)


def _missing(merged: Merged) -> Iterator[str]:
    """Rows that did not come. All that would be deleted; else those of the file's own months and places, the others
    only by their number: an office sends its own."""
    if merged.deleted:
        yield from (f"    删去:{line}" for line in _limited(merged.missing, "行"))
        return
    scope = f"这份来件涉及的{'、'.join(merged.scope)}里"
    if merged.within:
        yield f"    来件里没有的 {merged.within} 行{f',在{scope}' if merged.scope else ''}:"
        yield from (f"      {line}" for line in _limited(merged.missing[: merged.within], "行"))
    if others := len(merged.missing) - merged.within:
        yield f"    来件里没有的{'另外' if merged.within else ''} {others} 行,不在{scope}。"


def _changes(intake: Intake) -> Iterator[str]:
    if intake.problems:
        yield "导入以后,核对会说:"
        yield from (f"  {p.level}:{p.file} {_line(p)}" for p in intake.problems)
        yield ""
    if intake.merged:
        yield "数据会变成:"
        for merged in intake.merged:
            yield from _merged(merged)
    if intake.refused:
        yield "有错误,什么也没有写。改好文件再导入。"
    elif not intake.writes:
        yield "没有变化。"
