"""What a run of the tests leaves out is counted and told; what only wants an extra can be run by itself."""

import ast
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

KEPT = "tetradi/left_out"
"""Where pytest's cache keeps which tests want an extra that was not installed."""

_EXTRA = re.compile(r"the extra `\w+` is not installed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--left-out",
        action="store_true",
        help="run only what the last run left out because an extra was not installed",
    )
    parser.addoption(
        "--renew-goldens",
        action="store_true",
        help="write tests/golden/ anew (tests/test_goldens.py), for a change of answers that is meant",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--left-out"):
        return
    wanted = tuple(config.cache.get(KEPT, [])) if getattr(config, "cache", None) else ()
    chosen = [one for one in items if one.nodeid.startswith(wanted) and wanted]
    config.hook.pytest_deselected(items=[one for one in items if one not in chosen])
    items[:] = chosen


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """How many tests were left out, and why; before the line that counts those that passed."""
    skipped = terminalreporter.stats.get("skipped", [])
    tests: Counter[str] = Counter()
    for report in skipped:
        tests[_reason(report)] += _tests_of(config.rootpath, report.nodeid)
    if getattr(config, "cache", None) and not config.getoption("--left-out"):
        config.cache.set(KEPT, sorted(_wanting(skipped)))
    for reason, count in tests.most_common():
        extra = "; `make test-all` installs it and runs them" if _EXTRA.search(reason) else ""
        terminalreporter.write_line(f"left out: {count} {'test' if count == 1 else 'tests'}: {reason}{extra}")


def _wanting(skipped: Iterable[pytest.TestReport]) -> set[str]:
    """The ids of tests, or of files, that an extra keeps from running."""
    return {report.nodeid for report in skipped if _EXTRA.search(_reason(report))}


def _reason(report: pytest.TestReport) -> str:
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")


def _tests_of(root: Path, nodeid: str) -> int:
    """One for a test; for a whole file its test functions, each once for all its parameters."""
    if "::" in nodeid:
        return 1
    tree = ast.parse((root / nodeid).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return sum(function.name.startswith("test_") for function in functions)
