"""What holds for every test: steady Hypothesis runs, and no skipping where the result is what counts."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

from tests.kinds import heaviest, kinds  # noqa: F401 - fixtures for every test
from tests.planned import both, sichuan_planned, suining  # noqa: F401 - fixtures for every test
from tests.released import first, second  # noqa: F401 - fixtures for every test
from tests.sites import hostile, many, none, shipped, sichuan  # noqa: F401 - fixtures for every test

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# A run in a shell's background is deaf to Ctrl+C, and so would be the previews that tests stop with it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: the machines are shared, and a slow moment is not a fault. In CI the same examples come every time.
settings.register_profile("portal", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("portal")


# A test that looks at a finished site, which was built in a process of its own, runs next to nothing of the program;
# measured, it would take up to twice as long, the browser's protocol included.
LOOKING = {"browser", "shipped", "sichuan", "hostile", "many", "none"}
# What these run is measured in others that run it as well (test_publish, test_parallel, test_import …).
REPEATING = {
    "test_canaries", "test_clerk", "test_diff", "test_following", "test_home", "test_import_offices", "test_pipeline",
    "test_release_review", "test_withdraw",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that only look, or do again what others do, are not measured."""
    for item in items:
        if LOOKING & set(getattr(item, "fixturenames", ())) or item.path.stem in REPEATING:
            item.add_marker(pytest.mark.no_cover)


def skipped(config: pytest.Config) -> list[str]:
    """Names what was skipped, tests and whole modules; only the process that reports knows (not xdist's workers)."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [] if reporter is None else [report.nodeid for report in reporter.stats.get("skipped", ())]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true nothing may be skipped: a test that cannot run there tests nothing."""
    if IN_CI and skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says why a run without failures is red."""
    names = skipped(config) if IN_CI else []
    if names:
        terminalreporter.section("CI=true: nothing may be skipped", red=True)
        terminalreporter.write_line("\n".join(names))
