"""A pytest plug-in for the service tests: one that is skipped has failed."""

from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.skipped and item.get_closest_marker("services"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, where it must run: {report.longrepr}"
    return report
