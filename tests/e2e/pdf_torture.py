#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damaged and odd PDFs through `congvan verify`: no crash, no hang, the agreed JSON, and never a passed signature.

usage: pdf_torture.py CONGVAN [FOLDER]
"""
import concurrent.futures, json, os, pathlib, subprocess, sys

SECONDS = 20
CODES = {"TOTAL-PASSED": 0, "TOTAL-FAILED": 1, "INDETERMINATE": 2, "NO-SIGNATURE": 3, "MALFORMED": 65}


def corpora():
    named = os.environ.get("CONGVAN_CORPORA")
    return pathlib.Path(named) if named else pathlib.Path(__file__).parents[3] / "shared" / "corpora"


def trouble(congvan, path):
    command = [congvan, "verify", str(path), "--format", "json", "--revocation", "try"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS} s"
    try:
        overall = json.loads(done.stdout)["overall"]
    except (ValueError, KeyError):
        return f"exit {done.returncode}, not the agreed JSON: {done.stderr[-200:]!r}"
    if CODES.get(overall) != done.returncode:
        return f"exit {done.returncode} with {overall}"
    return "passed without any trust anchor" if overall == "TOTAL-PASSED" else None


def main():
    congvan = sys.argv[1]
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else corpora() / "ades" / "pdf-torture"
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    if not files:
        print(f"skipped: no {folder}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, wrong in zip(files, pool.map(lambda path: trouble(congvan, path), files)):
            if wrong:
                failed += 1
                print(f"{path.relative_to(folder)}: {wrong}")
    print(f"{len(files) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
