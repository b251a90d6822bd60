"""What a report says: the faults that no known difference explains, and the page docs/parity.md."""
import collections
import json
import pathlib
import re
import sys

here = pathlib.Path(__file__).parent
outcomes = ("agree", "both refuse", "mismatch", "not offered")


def explanations():
    """Known differences: a function, the reason as the table has it, and why it stays."""
    return [(entry, re.compile(entry["reason"])) for entry in json.loads((here / "explained.json").read_text())]


def why(title, reason):
    for entry, pattern in explanations():
        if entry["function"] in (title, "*") and pattern.search(reason):
            return entry["why"]
    return None


def unexplained(report):
    """A line for each mismatch and each failed test that nothing explains."""
    for title, found in report["functions"].items():
        for reason, count in found["reasons"].items():
            if reason.startswith("mismatch") and why(title, reason) is None:
                yield f"{title}: {count} × {reason} {found['examples'].get(reason, '')}"
    for suite in report["suites"].values():
        for name, test in suite["failed"].items():
            met = test["mismatches"] or [test["text"].strip().splitlines()[-1]]
            if not any(why("*", one) for one in (*met, name)):
                yield f"{name}: {met[0]}"


def row(*cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def page(report):
    versions = report["versions"]
    total = collections.Counter()
    kinds = collections.Counter()
    for found in report["functions"].values():
        total.update(found["outcomes"])
    for suite in report["suites"].values():
        kinds.update(suite["kinds"])
    lines = [
        "# NumPy's and SciPy's own tests, run on Sluice",
        "",
        f"Written by `npm run test:parity -- --whole --write` with NumPy {versions['numpy']}, SciPy {versions['scipy']} and the engine",
        f"`{report['engine']['name']}`: do not edit. Each call that a test makes of a function of the catalogue goes to the engine; the test",
        "gets the engine's answer and judges it. A call that cannot be said here is NumPy's own, and the test counts as not offered.",
        "",
        f"Calls: {total['agree']:,} agree, {total['both refuse']:,} both refuse, {total['mismatch']:,} differ, {total['not offered']:,} are not offered. ",
        f"Tests: {kinds['passed']:,} pass, {kinds['failed']:,} fail, {kinds['not offered']:,} meet a call that is not offered; "
        f"{kinds['met nothing offered']:,} call nothing of the catalogue.",
        "",
        "## Differences that stay",
        "",
        row("function", "reason", "why"),
        "|---|---|---|",
        *(row(f"`{entry['function']}`", entry["reason"].replace("\\", ""), entry["why"]) for entry, _ in explanations()),
        "",
        "## Suites",
        "",
        row("tests", "pass", "fail", "not offered", "call nothing of ours"),
        "|---|---|---|---|---|",
        *(
            row(f"`{name}`", *(suite["kinds"].get(kind, 0) for kind in ("passed", "failed", "not offered", "met nothing offered")))
            for name, suite in report["suites"].items()
        ),
        "",
        "## Functions",
        "",
        row("function", *outcomes, "not offered, most often"),
        "|---|---|---|---|---|---|",
    ]
    for title, found in sorted(report["functions"].items()):
        missing = [(count, reason.removeprefix("not offered: ")) for reason, count in found["reasons"].items() if reason.startswith("not offered")]
        often = ", ".join(f"{reason} ({count})" for count, reason in sorted(missing, reverse=True)[:3])
        lines.append(row(f"`{title}`", *(found["outcomes"].get(outcome, 0) for outcome in outcomes), often))
    return "\n".join(lines) + "\n"


def main():
    report = json.loads(pathlib.Path(sys.argv[1]).read_text())
    if "--page" in sys.argv:
        print(page(report), end="")
        return
    faults = list(unexplained(report))
    for fault in faults:
        print(fault[:600])
    print(f"{len(faults)} unexplained")
    sys.exit(1 if faults else 0)


main()
