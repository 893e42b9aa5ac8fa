"""Writes itests/ABUSE.md from the reports of the last `mvn verify`: each test that is named after an abuse case."""
import pathlib
import re
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Cases of which something has no test, and why: what is missing is refused in words until it is there.
WITHOUT = {
    16: "no elevated desktop program yet: what an ephemeral account gets and leaves is tried with commands (GrantIT)",
    25: "no grants of files yet: what is tried is that no such path is a request",
    26: "no grants of files yet: what is tried is what the agent itself opens",
    27: "synced sets come with sync (bundles/policy/README.md); a local set that is put back is a new revision, on record",
    84: "signed sets come with sync (bundles/policy/README.md)",
    96: "no message of a chat or ticket system decides anything: people approve with a factor of their own, and a provider is a job of"
        " root's that answers for the one request it was started for",
    116: "enrolment comes with sync",
    117: "repositories of policies and releases come with sync",
    118: "nothing is fetched before sync",
    119: "updates of the agent come with packages",
    120: "no backend yet: nothing comes in but what root puts there",
    121: "nothing calls a backend before sync",
}


def cases():
    for report in sorted(ROOT.glob("**/target/*-reports/TEST-*.xml")):
        for case in xml.parse(report).getroot().iter("testcase"):
            match = re.match(r"ab[_ ](\d+)[_ ]([\w ]+)", case.get("name"))
            if match:
                result = "failed" if case.find("failure") is not None or case.find("error") is not None else (
                    "skipped" if case.find("skipped") is not None else "holds")
                name = match.group(2).replace("_", " ").split("(")[0].strip()
                yield int(match.group(1)), case.get("classname").split(".")[-1], name, result


def main():
    lines = ["# Abuse cases", "", "What an attacker tries, the test that tries it, and how it ended; written by `itests/abuse.py`.",
             "", "| ID | Test | Claim | Result |", "|---|---|---|---|"]
    lines += [f"| AB-{number:02} | {test} | {name} | {result} |" for number, test, name, result in sorted(set(cases()))]
    lines += ["", "## What is not tried yet", "", "| ID | Why |", "|---|---|"]
    lines += [f"| AB-{number:02} | {why} |" for number, why in sorted(WITHOUT.items())]
    (ROOT / "itests" / "ABUSE.md").write_text("\n".join(lines) + "\n")
    print(f"{sum(1 for line in lines if line.endswith(('holds |', 'failed |', 'skipped |')))} tests")


main()
