#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`congvan bench` gives figures that can be true, leaves nothing behind, and touches no database in use.

usage: bench_command.py CONGVAN
"""
import json, math, pathlib, subprocess, sys, tempfile

from checks import check, finish
from province import Service

congvan = sys.argv[1]


def bench(*options):
    return subprocess.run([congvan, "bench", *options], capture_output=True, text=True)


with tempfile.TemporaryDirectory() as folder:
    done = bench("--seconds", "1", "--format", "json", "--data", folder)
    check(done.returncode == 0, f"exit {done.returncode}: {done.stderr}")
    told = json.loads(done.stdout)
    values = {one["name"]: one["value"] for one in told["results"]}
    check(set(values) == {"sign_100kb_p256", "sign_100kb_rsa3072", "sign_50mb", "verify_50mb", "verify_50_signatures", "log_append", "round_trip"},
          f"its figures: {sorted(values)}")
    check(all(math.isfinite(value) and value > 0 for value in values.values()), f"all are positive: {values}")
    for name in ("sign_100kb_p256", "sign_100kb_rsa3072", "sign_50mb", "verify_50mb"):  # each contains what it is divided by
        check(values[name] > 0.8, f"{name} is {values[name]}: less than the part that nobody can save")
    check(values["verify_50_signatures"] > 2, f"fifty signatures cost {values['verify_50_signatures']} times one")
    check({one["unit"] for one in told["results"]} == {"ratio", "per second"}, "units")
    check(done.stderr.count("\n") >= 6, "it says on standard error what it is at")
    check(not list(pathlib.Path(folder).iterdir()), "nothing is left behind")

    check(bench("--help").returncode == 0, "--help")
    for wrong in (["--seconds", "0"], ["--seconds", "x"], ["--seconds", "601"], ["--format", "xml"], ["--none"]):
        check(bench(*wrong).returncode == 64, f"{wrong} is a usage error")
    check(bench("--data", folder + "/none").returncode == 73, "a folder that is not there")
    check(bench("--config", folder + "/none.yaml").returncode == 66, "settings that are not there")
    service = Service(congvan, folder + "/data")
    database = pathlib.Path(folder, "data/db/congvan.sqlite")
    before = database.read_bytes()
    refused = bench("--config", folder + "/data/congvan.yaml")
    check(refused.returncode == 77 and "[bench_database_not_empty]" in refused.stderr, f"a database in use: {refused.returncode} {refused.stderr}")
    check(database.read_bytes() == before, "it is as it was")
finish()
