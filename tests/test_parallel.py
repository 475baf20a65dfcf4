"""Cuts are even and do not depend on order; results come in order; a dead worker is explained."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import parallel
from generator.errors import InputError, MachineError, ProgramError
from tests import synthetic


def double(number: int) -> int:
    return 2 * number


def fussy(number: int) -> int:
    if number == 3:
        raise InputError("第 3 行不对")
    if number >= 5:
        raise ValueError(number)
    return number


def greedy(number: int) -> int:
    raise MemoryError


def die(number: int) -> int:
    os._exit(9)


@given(st.lists(st.text(min_size=1, max_size=4)), st.integers(1, 8), st.integers(1, 50))
def test_every_path_is_in_one_batch_and_batches_are_even(paths: list[str], jobs: int, size: int) -> None:
    cut = parallel.batches(paths, jobs, size)
    assert [p for batch in cut for p in batch] == sorted(set(paths))
    lengths = [len(batch) for batch in cut]
    assert all(0 < n <= size for n in lengths)
    assert not lengths or max(lengths) - min(lengths) <= 1
    assert len(cut) >= min(jobs, len(set(paths)))
    assert cut == parallel.batches(reversed(paths), jobs, size)


@pytest.mark.parametrize(
    ("pages", "jobs", "expected"),
    [(0, 4, 1), (parallel.WORTH_A_POOL - 1, 4, 1), (parallel.WORTH_A_POOL, 4, 2), (10_000, 4, 4), (10_000, 1, 1)],
)
def test_few_pages_are_not_worth_a_pool(pages: int, jobs: int, expected: int) -> None:
    assert parallel.workers(pages, jobs) == expected


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_face(jobs: int) -> None:
    with parallel.run(jobs) as executor:
        assert isinstance(executor, parallel.Serial if jobs == 1 else ProcessPoolExecutor)
        assert list(parallel.each(executor, double, range(5))) == [0, 2, 4, 6, 8]
        assert executor.submit(double, 4).result() == 8
        with pytest.raises(ValueError, match="7"):
            executor.submit(fussy, 7).result()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_first_problem_in_order_is_raised_as_what_it_was(jobs: int) -> None:
    with parallel.run(jobs) as executor:
        with pytest.raises(InputError, match="第 3 行不对"):
            list(parallel.each(executor, fussy, [1, 3, 5]))
        with pytest.raises(ProgramError, match="ValueError: 5") as caught:
            list(parallel.each(executor, fussy, [1, 5, 3]))
        assert "in fussy" in caught.value.__notes__[0]
        with pytest.raises(MachineError, match="内存"):
            list(parallel.each(executor, greedy, [1]))


def test_a_worker_that_dies_is_a_fault_of_the_machine() -> None:
    with parallel.run(2) as executor, pytest.raises(MachineError, match="--jobs 1"):
        list(parallel.each(executor, die, [1, 2, 3]))


@pytest.mark.parametrize("suffix", ["", ".py"])
def test_a_pool_starts_from_a_script_without_ending(tmp_path: Path, suffix: str) -> None:
    """A console script is such a file: spawn reads it again in every worker, under another name."""
    script = tmp_path / f"portal{suffix}"
    script.write_text(
        textwrap.dedent("""\
            import sys
            from generator import parallel

            def main():
                with parallel.run(2) as executor:
                    print(list(parallel.each(executor, abs, [-1, 2])))

            if __name__ == "__main__":
                sys.exit(main())
            """)
    )
    environment = {**os.environ, "PYTHONPATH": str(synthetic.ROOT)}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )
    assert (done.stdout, done.stderr) == ("[1, 2]\n", "")


def test_a_pool_renders_what_one_process_renders(tmp_path: Path) -> None:
    from generator import render
    from tests.test_render import batch

    config = synthetic.tree(tmp_path / "tree", records=4)
    pages = synthetic.staged(config)
    found: list[dict[str, str]] = []
    for jobs in (1, 2):
        with parallel.run(jobs) as executor:
            work = [batch(config, part, tmp_path / "out") for part in parallel.batches(pages, jobs, 4)]
            parts = list(parallel.each(executor, render.render, work))
        found.append({path: html for part in parts for path, html in part.pages.items()})
    assert found[0] == found[1]
    assert len(found[0]) == len(pages)
