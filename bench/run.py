"""``make bench``: the cost of a build as ratios to plain ``mkdocs build`` of the same finished tree.

Cold, one row changed, nothing changed; at the shipped size, and from 1,000 pages on. Commands run as whole
processes, in pairs, and the median ratio is what counts; absolute times are the machine's affair. Also the
largest memory of any process. Never a test.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import yaml

from generator import pipeline, settings
from generator.making import Kept
from generator.subjects import SUBJECTS

ROOT = Path(__file__).parent.parent
LIMITS = {"cold": 4.0, "one row": 2.0, "nothing": 0.5}
LARGE_LIMITS = {**LIMITS, "one row": 1.2}
MEGABYTE = 1 << 20
QUIET = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


def copy(target: Path) -> Path:
    """The project's inputs in a folder of their own."""
    for name in ("data", "docs", "overrides"):
        shutil.copytree(ROOT / name, target / name)
    shutil.copy(ROOT / "mkdocs.yml", target)
    return target


YEAR = re.compile(r"(?<![\w-])(2021|2022)(?=[-,/]|$)")  # a year or a date's; not the end of a source's id


def enlarge(root: Path, years: range) -> None:
    """The shipped year again under other years, table by table, so that the site has more than 1,000 pages."""
    package = root / "data" / "datapackage.yaml"
    listed = yaml.safe_load(package.read_text(encoding="utf-8"))
    kept = [r for r in listed["resources"] if r.get("year") in (None, 2021)]
    for resource in [r for r in kept if r.get("year")]:
        rows = (root / "data" / resource["path"]).read_text(encoding="utf-8")
        for year in years:
            shifted = YEAR.sub(lambda m, by=year - 2021: str(int(m[1]) + by), rows)
            path = resource["path"].replace("2021", str(year))
            (root / "data" / path).write_text(shifted, encoding="utf-8")
            kept.append({**resource, "name": f"{resource['table']}-{year}", "year": year, "path": path})
    listed["resources"] = kept
    package.write_text(yaml.safe_dump(listed, allow_unicode=True), encoding="utf-8")
    for path in (root / "data").glob("*/*.csv"):
        if path.relative_to(root / "data").as_posix() not in {r["path"] for r in kept}:
            path.unlink()
    corrections = root / "data" / "corrections.csv"
    lines = corrections.read_text(encoding="utf-8").splitlines()
    more = [
        "{0}-{2},{1}".format(*line.split(",", 1), year).replace(",2021/", f",{year}/").replace("/2021-", f"/{year}-")
        for year in years for line in lines[1:]
    ]  # fmt: skip
    corrections.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")


def timed(command: list[str], cwd: Path) -> tuple[float, float]:
    """Seconds and the largest memory (MB) of any process of a command."""
    start = time.perf_counter()
    process = psutil.Popen(command, cwd=cwd, env=QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0
    while process.poll() is None:
        for one in (process, *_children(process)):
            try:
                peak = max(peak, one.memory_info().rss)
            except psutil.Error:
                continue
        time.sleep(0.02)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed: {process.stderr.read().decode()}")
    return seconds, peak / MEGABYTE


def _children(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def one_row(root: Path) -> Callable[[], None]:
    """A change of one amount, back and forth: the first December row's 拨付, up and down by 0.01 万元."""
    file = root / "data" / "budget" / "2021.csv"
    lines = file.read_text(encoding="utf-8").split("\n")
    at = next(i for i, line in enumerate(lines) if ",2021-12," in line)
    cells = lines[at].split(",")
    amounts = [cells[7], f"{float(cells[7]) + 0.01:.2f}"]

    def change() -> None:
        amounts.reverse()
        cells[7] = amounts[0]
        lines[at] = ",".join(cells)
        file.write_text("\n".join(lines), encoding="utf-8")

    return change


def bench(root: Path, runs: int, limits: dict[str, float], name: str) -> bool:
    """Prints the ratios of one size; whether they are within the limits."""
    portal = [sys.executable, "-m", "generator", "build"]
    plain = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(root / "plain")]
    change = one_row(root)
    steps: dict[str, tuple[list[str], Callable[[], None]]] = {
        "cold": ([*portal, "--clean"], lambda: shutil.rmtree(root / "site", ignore_errors=True)),
        "one row": (portal, change),
        "nothing": (portal, lambda: None),
    }
    timed(portal, root)
    pages = sum(1 for _ in (root / "site").rglob("*.html"))
    print(f"{name}: {pages} pages", flush=True)
    good, peak = True, 0.0
    for step, (command, before) in steps.items():
        ratios = []
        for _ in range(runs):
            before()
            seconds, memory = timed(command, root)
            base, _ = timed(plain, root)
            peak = max(peak, memory)
            ratios.append(seconds / base)
        middle = statistics.median(ratios)
        good &= middle <= limits[step]
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        print(f"  {step:8} {middle:5.2f} x plain ({spread}), limit {limits[step]}", flush=True)
    print(f"  largest process {peak:.0f} MB, limit 500", flush=True)
    return good and peak <= 500


def preview(root: Path, runs: int) -> None:
    """Prints how long after a save the page that is open is made, and the whole site, in one process that goes on."""
    seen: list[float] = []
    kept = Kept(looked_at=lambda: {"budget/2021/p01/"}, ready=lambda html: seen.append(time.perf_counter()))
    chosen = settings.load(root / "mkdocs.yml", jobs=2)
    pipeline.build(chosen, lambda: SUBJECTS, kept=kept)
    plain, _ = timed([sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(root / "plain")], root)
    change, opened, whole = one_row(root), [], []
    for _ in range(runs):
        change()
        seen.clear()
        start = time.perf_counter()
        pipeline.build(chosen, lambda: SUBJECTS, kept=kept)
        whole.append(time.perf_counter() - start)
        opened.append(seen[0] - start)
    for step, found in (("open page", opened), ("whole", whole)):
        middle = statistics.median(found)
        print(f"  preview, one row, {step:9} {middle / plain:5.2f} x plain ({middle:.1f} s)", flush=True)


def main() -> int:
    """Both sizes; status 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="the shipped size only")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        small = copy(Path(folder) / "small")
        good &= bench(small, options.runs, LIMITS, "shipped data")
        preview(small, options.runs)
        if not options.small:
            large = copy(Path(folder) / "large")
            enlarge(large, range(2022, 2024))
            good &= bench(large, max(2, options.runs // 2), LARGE_LIMITS, "three years")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
