"""Problems as text for clerks, as JSON for programs, as annotations for GitHub. Pure: text is returned, not printed.

``subjects`` are those whose rules found the problems: they know what their rules are called.
"""

from __future__ import annotations

import json as plain_json
from collections import Counter
from collections.abc import Iterable, Sequence

from generator.model import Level, Problem
from generator.subject import Subject, titles_of

CAP = 10
COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def summary(problems: Sequence[Problem]) -> str:
    """How many problems of each level, and what that means: ``3 个错误、1 个警告。改好错误才能生成网站。``"""
    counts = Counter(p.level for p in problems)
    if not problems:
        return "检查通过,没有发现问题。"
    said = "、".join(f"{counts[level]} 个{level}" for level in Level if counts[level])
    end = "改好错误才能生成网站。" if counts[Level.ERROR] else "没有错误,可以生成网站。"
    return f"检查完成:{said}。{end}"


def _one(problem: Problem, *, remedy: bool = True) -> list[str]:
    lines = [f"    {problem.message}"]
    if problem.allowed:
        lines.append(f"      允许:{problem.allowed}")
    if problem.suggestion:
        lines.append(f"      建议:{problem.suggestion}")
    if problem.remedy and remedy:
        lines.append(f"      办法:{problem.remedy}")
    return lines


def _group(group: Sequence[Problem], cap: int) -> list[str]:
    """The problems of a group; a remedy that all of them share is said once, at the end."""
    shared = len(group) > 1 and len({p.remedy for p in group}) == 1 and bool(group[0].remedy)
    lines = [line for problem in group[:cap] for line in _one(problem, remedy=not shared)]
    if len(group) > cap:
        lines.append(f"    还有 {len(group) - cap} 处")
    return [*lines, f"    办法:{group[0].remedy}"] if shared else lines


def groups(problems: Iterable[Problem]) -> dict[str, dict[tuple[Level, str], list[Problem]]]:
    """File -> (level, rule) -> problems; the file with the gravest first, else as they come, graver levels first."""
    files: dict[str, dict[tuple[Level, str], list[Problem]]] = {}
    order = list(Level)
    for problem in problems:
        files.setdefault(problem.file, {}).setdefault((problem.level, problem.rule), []).append(problem)
    graver = {f: sorted(found.items(), key=lambda item: order.index(item[0][0])) for f, found in files.items()}
    by_file = sorted(graver.items(), key=lambda item: order.index(item[1][0][0][0]))
    return {file: dict(found) for file, found in by_file}


def text(problems: Sequence[Problem], subjects: Sequence[Subject], cap: int = CAP) -> str:
    """The summary, then the problems by file and rule, at most ``cap`` of a group."""
    titles = titles_of(subjects)
    lines = [summary(problems)]
    for file, found in groups(problems).items():
        lines += ["", file or "整个数据文件夹"]
        for (level, rule), group in found.items():
            lines.append(f"  {level} {titles.get(rule, rule)}({len(group)} 处)")
            lines += _group(group, cap)
    return "\n".join(lines) + "\n"


def json(problems: Sequence[Problem], subjects: Sequence[Subject]) -> str:
    """All problems as JSON, in the order given.

    ``{"summary": {"错误": n, "警告": n, "提示": n}, "problems": [{...}]}``. Each problem has ``level``,
    ``rule`` (its id: see ``titles.TITLES`` and the subjects' own), ``title`` (the rule's Chinese name), ``message``,
    ``remedy``, ``file`` (below the data folder), ``row`` (as Excel shows it), ``column`` (header), ``letter``,
    ``value`` (as found, shortened to about 60 characters), ``allowed``, ``suggestion``; what does not apply is
    ``null``.
    """
    titles = titles_of(subjects)
    counts = Counter(p.level for p in problems)
    listed = [p.as_json() | {"title": titles.get(p.rule, p.rule)} for p in problems]
    data = {"summary": {str(level): counts[level] for level in Level}, "problems": listed}
    return plain_json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _escape(value: str, *, in_property: bool = False) -> str:
    """Text for a workflow command; see GitHub's toolkit, ``command.ts``."""
    value = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return value.replace(":", "%3A").replace(",", "%2C") if in_property else value


def github(problems: Sequence[Problem], subjects: Sequence[Subject], folder: str = "data") -> str:
    """Workflow commands that annotate files; ``folder`` is the data folder as the repository names it."""
    titles, lines = titles_of(subjects), []
    for problem in problems:
        where = {"file": f"{folder}/{problem.file}"} if problem.file else {}
        where |= {"line": str(problem.row)} if problem.row else {}
        where["title"] = titles.get(problem.rule, problem.rule)
        named = ",".join(f"{k}={_escape(v, in_property=True)}" for k, v in where.items())
        lines.append(f"::{COMMANDS[problem.level]} {named}::{_escape(f'{problem.message}{problem.remedy}')}")
    return "".join(f"{line}\n" for line in lines)
