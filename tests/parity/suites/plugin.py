"""The pytest plugin: routes before any suite is imported, and writes what it saw to the file that SLUICE_SEEN names."""
import json
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from engines import Engines  # noqa: E402
from route import Router, install  # noqa: E402

# Written in C, it takes numpy.add for a ufunc when it is imported: before ours stands there.
import numpy._core._rational_tests  # noqa: E402, F401

engines = Engines(os.environ["SLUICE_NODE"])
router = Router(engines)
router.active = os.environ.get("SLUICE_ROUTE", "on") == "on"
install(router, engines.catalogue)
tests = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    router.begin_test()
    return (yield)


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        tests[report.nodeid] = {
            "outcome": report.outcome,
            "calls": router.calls,
            "notOffered": router.not_offered[:3],
            "mismatches": router.mismatches[:3],
            "text": report.longreprtext[-1500:] if report.failed else "",
        }


def pytest_sessionfinish(session):
    engines.close()
    functions = {
        title: {"outcomes": tally.outcomes, "reasons": dict(tally.reasons.most_common(30)), "examples": {key: repr(value)[:600] for key, value in tally.examples.items()}}
        for title, tally in sorted(router.tallies.items())
    }
    pathlib.Path(os.environ["SLUICE_SEEN"]).write_text(json.dumps({"engine": engines.engine, "functions": functions, "tests": tests}))
