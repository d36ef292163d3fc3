#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the corpora's own judge over `congvan verify`: signed files of other makers, verdicts stated by others.

usage: foreign_signatures.py CONGVAN

A row may be wrong only when its format is not built yet and a refusal is the honest answer, or when it stands in
foreign_signatures.known with a reason. A known row that has become right fails too, so that the list stays true.
"""
import csv, os, pathlib, re, subprocess, sys

HERE = pathlib.Path(__file__).parent
UNBUILT = re.compile(r"XAdES|ASiC")
WRONG = re.compile(r"^  (?P<file>.+?)  wanted (?P<expect>\S+).*?, said (?P<said>.*)$")


def corpora():
    named = os.environ.get("CONGVAN_CORPORA")
    return pathlib.Path(named) if named else HERE.parents[2] / "shared" / "corpora"


def known_rows():
    lines = (HERE / "foreign_signatures.known").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(row[0], row[1]): row[2] for row in rows}


def main():
    root = corpora()
    gate, judge = root / "ades" / "gate.tsv", root / "judge_signatures.py"
    if not judge.is_file():
        print(f"skipped: no {judge}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with open(gate) as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    # Never wrong, whatever the format: what must not pass must not pass.
    unbuilt = {(row["file"], row["expect"].split(" ")[0]): f"{row['format']} is not built yet" for row in rows
               if UNBUILT.search(row["format"]) and not row["expect"].startswith("MUST")}
    known = known_rows()
    done = subprocess.run([sys.executable, judge, "--list", gate, sys.argv[1]], capture_output=True, text=True)
    wrong = [match for match in map(WRONG.match, done.stdout.splitlines()) if match]
    if f"TOTAL {len(rows) - len(wrong)}/{len(rows)} right" not in done.stdout:
        print(done.stdout[-2000:], done.stderr[-2000:])
        print("0 passed, 1 failed, 0 skipped")
        return 1
    keys = [(match["file"], match["expect"]) for match in wrong]
    failed = [match for match, key in zip(wrong, keys) if key not in unbuilt and key not in known]
    healed = known.keys() - set(keys)
    excused = known | unbuilt
    for match, key in zip(wrong, keys):
        if key in excused:
            print(f"skipped: {excused[key]}: {match['file']}, wanted {match['expect']}, said {match['said']}")
    for match in failed:
        print(match.group(0).strip())
    for file, expect in sorted(healed):
        print(f"now right, take it off the list: {file} {expect}")
    skipped = len(wrong) - len(failed)
    bad = len(failed) + len(healed)
    print(f"{len(rows) - len(wrong)} passed, {bad} failed, {skipped} skipped")
    return 1 if bad else 0


sys.exit(main())
