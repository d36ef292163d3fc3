#!/usr/bin/env python3
"""Adds up what the tests of some build folders wrote into results/, names every failure and skip, and closes
with `N passed, N failed, N skipped`. With CI=true a skip for a missing server or package is a failure.

Three sources a folder: NAME.json of each gtest program, NAME.txt of each script, and ctest.xml, which also knows
the tests that crashed, ran out of time or were never built and so wrote nothing themselves."""
import json, os, pathlib, re, sys
import xml.etree.ElementTree as xml

CLOSING = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")
MISSING_HERE = re.compile(r"\bserver\b|package|not installed|\bneeds\b|python3-")


class Tally:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []

    def add_gtest(self, where, file):
        for suite in json.loads(file.read_text()).get("testsuites", []):
            for case in suite["testsuite"]:
                name = f"{where}: {case['classname']}.{case['name']}"
                if case.get("failures"):
                    self.failed.append(name)
                elif case.get("result") == "SKIPPED":
                    why = " ".join(m.get("message", "") for m in case.get("skipped", [])).strip()
                    self.skipped.append((name, why.splitlines()[-1] if why else "no reason given"))
                else:
                    self.passed += 1

    def add_script(self, where, file):
        lines = file.read_text(errors="replace").strip().splitlines() or [""]
        counts = CLOSING.fullmatch(lines[-1])
        if not counts:
            raise ValueError("no closing count")
        name = f"{where}: {file.stem}"
        reasons = [line[len("skipped:"):].strip() for line in lines if line.startswith("skipped:")]
        self.passed += int(counts[1])
        self.failed += [f"{name} ({i + 1} of {counts[2]}, see {file})" for i in range(int(counts[2]))]
        self.skipped += [(name, why) for why in reasons[:int(counts[3])]]
        self.failed += [f"{name} skipped without a reason, see {file}"] * (int(counts[3]) - len(reasons))

    def add(self, where, file):
        """How many failures the file tells of; at least one when it cannot be read."""
        before = len(self.failed)
        try:
            (self.add_gtest if file.suffix == ".json" else self.add_script)(where, file)
        except (ValueError, KeyError) as bad:
            self.failed.append(f"{where}: {file.stem}: {bad}")
        return len(self.failed) - before


def add_folder(tally, folder):
    where, results = folder.name, folder / "results"
    told = {file.stem: tally.add(where, file)
            for file in sorted([*results.glob("*.json"), *results.glob("*.txt")])}
    junit = results / "ctest.xml"
    if not junit.is_file():
        tally.failed.append(f"{where}: the tests did not run")
        return
    for case in xml.parse(junit).getroot().iter("testcase"):
        own = case.get("name").split(".", 1)[-1]
        if case.get("status") in ("fail", "notrun") and not told.get(own):
            tally.failed.append(f"{where}: {case.get('name')} crashed, ran out of time or was not built")


def main(folders):
    tally = Tally()
    for folder in folders:
        add_folder(tally, pathlib.Path(folder))
    if os.environ.get("CI") == "true":
        missing = [one for one in tally.skipped if MISSING_HERE.search(one[1])]
        tally.failed += [f"{name} (skipped, which CI does not allow: {why})" for name, why in missing]
        tally.skipped = [one for one in tally.skipped if one not in missing]
    for name, why in tally.skipped:
        print(f"skipped  {name}: {why}")
    for name in tally.failed:
        print(f"FAILED   {name}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed, {len(tally.skipped)} skipped")
    return bool(tally.failed) or not tally.passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
