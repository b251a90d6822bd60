"""Runs NumPy's and SciPy's own tests on our engines, a process for each file, and joins what they saw into one report.

    python3 main.py REPORT.json [--whole | module …]

SLUICE_NODE names the Node that runs the engines.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import scipy

here = pathlib.Path(__file__).parent
most_seconds = 900


def run(suite, is_routed):
    """What the tests of one file saw; `-k` behind its name chooses among them."""
    module, _, chosen = suite.partition(" -k ")
    with tempfile.TemporaryDirectory() as folder:
        seen = pathlib.Path(folder, "seen.json")
        environment = {
            **os.environ,
            "SLUICE_SEEN": str(seen),
            "SLUICE_ROUTE": "on" if is_routed else "off",
            "PYTHONPATH": str(here),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider", "-k", chosen, "--pyargs", module]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=most_seconds)
        if not seen.exists():
            raise SystemExit(f"{module}: pytest ended without a report\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        found = json.loads(seen.read_text())
        if not found["tests"]:
            raise SystemExit(f"{module}: no test ran\n{done.stdout[-3000:]}")
        return found


def kind(test, fails_without_us):
    if test["outcome"] == "skipped":
        return "skipped"
    if test["outcome"] == "failed":
        return "fails without us" if fails_without_us else "failed"
    if test["notOffered"]:
        return "not offered"
    return "passed" if test["calls"] else "met nothing offered"


def suite(module):
    seen = run(module, True)
    failed = [name for name, test in seen["tests"].items() if test["outcome"] == "failed"]
    # A test that fails with NumPy's own functions behind the wrappers says nothing of ours.
    without = run(module, False)["tests"] if failed else {}
    kinds = collections.Counter()
    for name, test in seen["tests"].items():
        fails_without_us = without.get(name, {}).get("outcome") == "failed"
        test["kind"] = kind(test, fails_without_us)
        kinds[test["kind"]] += 1
    print(f"{module}: {dict(kinds)}", flush=True)
    return seen, kinds


def main():
    report, *modules = sys.argv[1:]
    known = json.loads((here / "suites.json").read_text())
    if modules == ["--whole"]:
        modules = known["bounded"] + known["whole"]
    functions = {}
    suites = {}
    for module in modules or known["bounded"]:
        seen, kinds = suite(module)
        suites[module] = {"kinds": kinds, "failed": {name: test for name, test in seen["tests"].items() if test["kind"] == "failed"}}
        for title, found in seen["functions"].items():
            joined = functions.setdefault(title, {"outcomes": collections.Counter(), "reasons": collections.Counter(), "examples": {}})
            joined["outcomes"].update(found["outcomes"])
            joined["reasons"].update(found["reasons"])
            joined["examples"] = {**found["examples"], **joined["examples"]}
        engine = seen["engine"]
    versions = {"numpy": numpy.__version__, "scipy": scipy.__version__}
    pathlib.Path(report).write_text(json.dumps({"versions": versions, "engine": engine, "suites": suites, "functions": functions}, indent=1))


main()
