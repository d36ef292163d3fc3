# SPDX-License-Identifier: Apache-2.0
"""What holds and what does not, told and counted in the last line, which `tools/test` adds up."""
import sys

passed, failures = 0, []


def check(holds, what):
    global passed
    if holds:
        passed += 1
    else:
        failures.append(what)
        print("FAILED", what, flush=True)


def finish():
    print(f"{passed} passed, {len(failures)} failed, 0 skipped")
    sys.exit(bool(failures))
