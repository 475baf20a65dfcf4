"""``python -m bench.check``: the check of 100,000 rows of money, as a process: its time and memory.

The rows are the shipped year's, over 300 projects, all regions, levels and months; ten columns, one of them added.
Never a test: seconds are the machine's affair, so the time in which Python's csv module reads the file is given beside.
"""

from __future__ import annotations

import csv
import itertools
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.run import ROOT, copy

ROWS = 100_000
LEVELS = ("中央", "省", "市", "县", "其他")


def enlarge(data: Path) -> None:
    """300 projects and 100,000 rows of money in the shipped tables; one more column."""
    with (data / "projects/2021.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    number, title = head.index("编号"), head.index("名称")
    made = []
    for place in range(1, 301):
        row = list(rows[(place - 1) % len(rows)])
        row[number], row[title] = str(place), f"{row[title]} {place}"
        made.append(row)
    _write(data / "projects/2021.csv", [head, *made])
    with (data / "regions.csv").open(encoding="utf-8", newline="") as file:
        codes = [r["代码"] for r in csv.DictReader(file) if r["填报"] == "是"]
    head = [
        "年度",
        "项目编号",
        "区划代码",
        "资金层级",
        "截至月份",
        "安排(万元)",
        "下达(万元)",
        "拨付(万元)",
        "来源",
        "备注",
    ]
    places = itertools.product(range(1, 301), codes, LEVELS, range(1, 13))
    lines = [
        [
            "2021",
            str(p),
            code,
            level,
            f"2021-{m:02d}",
            f"{p}.50",
            f"{p}.50",
            f"{p * m / 12:.2f}",
            "demo-2021",
            f"第{m}期",
        ]
        for p, code, level, m in itertools.islice(places, ROWS)
    ]
    assert len(lines) == ROWS
    _write(data / "budget/2021.csv", [head, *lines])
    schema = data / "schemas/budget.yaml"
    field = "  - {name: 备注, id: memo, type: string, public: true, description: 备注, constraints: {maxLength: 80}}\n"
    text = schema.read_text(encoding="utf-8")
    schema.write_text(text.replace("primaryKey:", f"{field}primaryKey:", 1), encoding="utf-8")


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """Prints what was measured, three times."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        copy(root)
        enlarge(root / "data")
        for _ in range(3):
            start = time.perf_counter()
            with (root / "data/budget/2021.csv").open(encoding="utf-8", newline="") as file:
                rows = sum(1 for _ in csv.reader(file)) - 1
            plain = time.perf_counter() - start
            start = time.perf_counter()
            line = [sys.executable, "-m", "generator", "check", "--config", str(root / "mkdocs.yml")]
            done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
            took = time.perf_counter() - start
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{rows} rows: {took:.1f} s ({took / plain:.0f} times reading them), {memory:.0f} MB at most")
            print(f"  exit {done.returncode}: {done.stdout.splitlines()[0] if done.stdout else done.stderr[:200]}")


if __name__ == "__main__":
    main()
