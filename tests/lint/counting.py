#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the closing count of `tools/test` makes of results: skips need a reason, and in CI none may be for want of a package.

usage: counting.py TOOLS/LINT
"""
import os, pathlib, subprocess, sys, tempfile

counter, cases = pathlib.Path(sys.argv[1], "count_results.py"), [
    # the last lines of a script, CI, exit code, closing line
    ("3 passed, 0 failed, 0 skipped", "false", 0, "3 passed, 0 failed, 0 skipped"),
    ("1 passed, 2 failed, 0 skipped", "false", 1, "1 passed, 2 failed, 0 skipped"),
    ("skipped: XAdES is not built yet\n1 passed, 0 failed, 1 skipped", "true", 0, "1 passed, 0 failed, 1 skipped"),
    ("skipped: the package chromium is not installed\n1 passed, 0 failed, 1 skipped", "false", 0, "1 passed, 0 failed, 1 skipped"),
    ("skipped: the package chromium is not installed\n1 passed, 0 failed, 1 skipped", "true", 1, "1 passed, 1 failed, 0 skipped"),
    ("1 passed, 0 failed, 1 skipped", "false", 1, "1 passed, 1 failed, 0 skipped"),
    ("0 passed, 0 failed, 0 skipped", "false", 1, "0 passed, 0 failed, 0 skipped"),
    ("no count", "false", 1, "0 passed, 1 failed, 0 skipped"),
]
wrong = 0
for said, ci, code, closing in cases:
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder, "release", "results")
        results.mkdir(parents=True)
        (results / "one.txt").write_text(said + "\n")
        (results / "ctest.xml").write_text("<testsuite/>")
        done = subprocess.run([sys.executable, counter, results.parent], capture_output=True, text=True, env=os.environ | {"CI": ci})
    if done.returncode != code or done.stdout.splitlines()[-1] != closing:
        wrong += 1
        print(f"FAILED {said!r} with CI={ci}: {done.returncode} {done.stdout}{done.stderr}")
print(f"{len(cases) - wrong} passed, {wrong} failed, 0 skipped")
sys.exit(bool(wrong))
