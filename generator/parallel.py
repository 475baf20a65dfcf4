"""The same work in this process, in a pool of processes, or wherever an executor sends it.

Every executor has the face of ``concurrent.futures``, so a Dask client's executor fits too. Results come
back in the order of the work, whoever did it; what goes wrong in a worker comes back as a value, is
raised here, and is the first in that order, not the first in time.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection
from typing import ParamSpec, TypeVar

from generator.errors import MachineError, PortalError, ProgramError
from generator.files import cause

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

# A batch costs 25 ms besides its pages, and the memory of its pages: about 60 KB each.
SIZE = 500

# Starting processes and loading the engine in them takes as long as rendering about this many pages here
# (measured, docs/decisions/0003-render.md).
WORTH_A_POOL = 250


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that a worker met: what to raise, what to say, and where it happened."""

    kind: type[PortalError]
    message: str
    trace: str


class Serial(Executor):
    """Does the work at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is already done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed over, as every executor does
            future.set_exception(error)
        return future


def run(jobs: int) -> Executor:
    """An executor for so many jobs: this process for one, else a pool that starts its workers afresh (spawn)."""
    if jobs <= 1:
        return Serial()
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=jobs, mp_context=spawn, initializer=_follow)


def _follow() -> None:
    """In a worker: ends it as soon as the process that started it is gone, killed or not."""
    parent = multiprocessing.parent_process()
    if parent is None:  # not started by a pool
        return

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def workers(pages: int, jobs: int) -> int:
    """How many processes are worth starting for so many pages; one means this process, and no pool."""
    if pages < WORTH_A_POOL:
        return 1
    return max(1, min(jobs, -(-pages // (WORTH_A_POOL // 2))))


def batches(paths: Iterable[str], jobs: int, size: int = SIZE) -> tuple[tuple[str, ...], ...]:
    """Cuts paths into even, sorted batches of at most ``size``, as many as keep all jobs busy.

    The cut depends on the set of paths and the two numbers alone.
    """
    ordered = sorted(set(paths))
    if not ordered:
        return ()
    count = -(-len(ordered) // size)
    if jobs > 1:
        count = min(len(ordered), -(-count // jobs) * jobs)
    edges = [len(ordered) * i // count for i in range(count + 1)]
    return tuple(tuple(ordered[a:b]) for a, b in itertools.pairwise(edges))


def each(executor: Executor, fn: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """``fn`` of every item, in the items' order, one at a time: what was taken is not kept here.

    ``fn`` is a function of a module, and items and results can be pickled. Raises the first failed item's
    error, and ``MachineError`` when a worker died.
    """
    futures: deque[Future[R | Failure]] = deque()
    try:
        futures.extend(executor.submit(attempt, fn, item) for item in items)
        while futures:
            yield _value(futures.popleft().result())
    except BrokenProcessPool as error:
        raise MachineError("一个工作进程被系统中止了,多半是内存不够。请用 --jobs 1 再试,或关掉别的程序。") from error
    finally:
        for future in futures:
            future.cancel()


def attempt(fn: Callable[[T], R], item: T) -> R | Failure:
    """``fn(item)``, or what went wrong, as a value: exceptions of other packages may not survive the way back."""
    try:
        return fn(item)
    except PortalError as error:
        return Failure(type(error), str(error), traceback.format_exc())
    except OSError as error:
        return Failure(MachineError, f"没有完成:{cause(error)}。", traceback.format_exc())
    except MemoryError:
        return Failure(MachineError, "内存不够。请用 --jobs 1 再试,或关掉别的程序。", traceback.format_exc())
    except Exception as error:  # noqa: BLE001 - becomes a value here and is raised again in each
        return Failure(ProgramError, f"{type(error).__name__}: {error}", traceback.format_exc())


def _value(result: R | Failure) -> R:
    if not isinstance(result, Failure):
        return result
    error = result.kind(result.message)
    error.add_note(result.trace)
    raise error
