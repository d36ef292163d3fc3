#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`congvan init` may be killed at any point: it is then run again with the same options, and what it makes is whole.

usage: init_cut_short.py CONGVAN KILLED_AT [mariadb]
"""
import os, pathlib, re, shutil, signal, subprocess, sys, tempfile

from checks import check, finish
from province import MariaDb

congvan, killed_at, on_mariadb = sys.argv[1], sys.argv[2], "mariadb" in sys.argv[3:]
MARK = "init.unfinished"
SAMPLES = 6 if on_mariadb else 12
FILES = ["tls/certificate.pem", "congvan.yaml", MARK] if on_mariadb else [
    "secret.key", "keys/records.note", "log/records.vkey", "tls/key.pem", "tls/certificate.pem", "root.pem", "congvan.yaml", MARK]


class Server(MariaDb):
    def make_anew(self):
        self.ask("DROP DATABASE congvan; CREATE DATABASE congvan CHARACTER SET utf8mb4")


class Sqlite:
    init = []
    make_anew = stop = lambda self: None


class Trial:
    def __init__(self, folder, database):
        self.data, self.database = f"{folder}/data", database
        self.steps = pathlib.Path(folder, "steps")

    def begin(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self.database.make_anew()

    def init(self, data=None, kill_at=None):
        environment = {"LD_PRELOAD": killed_at, "CONGVAN_STEPS": str(self.steps)} | ({"CONGVAN_KILL_AT": str(kill_at)} if kill_at else {})
        return subprocess.run([congvan, "init", "--data", data or self.data, "--public-url", "http://ca.example.vn", *self.database.init],
                              env=os.environ | environment, capture_output=True, text=True)

    def run(self, *command):
        return subprocess.run([congvan, *command, "--config", f"{self.data}/congvan.yaml"], capture_output=True, text=True, timeout=60)

    def is_whole(self, made, what):
        check(made.returncode == 0 and re.search(r"shown only now: \S{20}\n", made.stdout), f"{what}: {made.returncode} {made.stderr}")
        check(os.listdir(self.data).count(MARK) == 0, f"{what}: the mark is gone")
        doctor = self.run("doctor")
        check(doctor.returncode == 0, f"{what}: doctor: {doctor.stdout}{doctor.stderr}")
        again = self.init()
        check(again.returncode == 77 and "data_folder_in_use" in again.stderr, f"{what}: once more: {again.returncode} {again.stderr}")


def killed_anywhere(trial):
    trial.begin()
    made = trial.init()
    steps = int(trial.steps.read_text())
    trial.is_whole(made, "nobody kills it")
    kills = 0
    for point in [1, 2, *(1 + steps * part // SAMPLES for part in range(1, SAMPLES)), *FILES]:
        trial.begin()
        made = trial.init(kill_at=point)
        killed = made.returncode == -signal.SIGKILL
        kills += killed
        # Background work makes a run a few steps longer than another, so a late sample may find nothing left to do.
        if killed and not pathlib.Path(trial.data, MARK).exists():
            check("shown only now" in made.stdout and trial.run("doctor").returncode == 0, f"killed after the mark, at {point} of {steps}: it is whole")
        elif killed:
            trial.is_whole(trial.init(), f"again after step {point} of {steps}")
        else:
            check(point not in FILES, f"killed when it writes {point}")
    check(kills >= SAMPLES, f"killed {kills} times")
    return steps


def killed_twice(trial, steps):
    trial.begin()
    for point in (steps // 2, steps // 3, "root.pem"):
        check(trial.init(kill_at=point).returncode == -signal.SIGKILL, f"killed at {point} once more")
    trial.is_whole(trial.init(), "again after three tries")


def unfinished_is_not_served(trial):
    trial.begin()
    check(trial.init(kill_at=MARK).returncode == -signal.SIGKILL, "killed before the mark is removed")
    served = trial.run("serve")
    check(served.returncode == 77 and "set_up_unfinished" in served.stderr, f"served: {served.returncode} {served.stderr}")


def another_folder(trial, folder):
    """Only the folder that began may go on, and nobody may begin where an office is."""
    refused = trial.init(folder + "/other")
    check("set_up_elsewhere" in refused.stderr or "already_set_up" in refused.stderr, f"another folder: {refused.returncode} {refused.stderr}")
    trial.is_whole(trial.init(), "the folder that began goes on")
    refused = trial.init(folder + "/third")
    check("already_set_up" in refused.stderr, f"over an office: {refused.returncode} {refused.stderr}")
    check(trial.run("doctor").returncode == 0, "and the office is as it was")


def finished_is_never_emptied(trial):
    """Not even where a copy of the folder was made while it was set up, and its mark comes back with it."""
    trial.begin()
    check(trial.init(kill_at=MARK).returncode == -signal.SIGKILL, "killed before the mark is removed")
    mark = pathlib.Path(trial.data, MARK).read_bytes()
    check(trial.init().returncode == 0, "finished")
    pathlib.Path(trial.data, MARK).write_bytes(mark)
    before = sorted(path for path in pathlib.Path(trial.data).rglob("*"))
    refused = trial.init()
    check(refused.returncode == 77 and "already_set_up" in refused.stderr and refused.stderr.count("\n") == 1, f"over itself: {refused.returncode} {refused.stderr}")
    check(sorted(path for path in pathlib.Path(trial.data).rglob("*") if "sqlite-" not in path.name) == before, "its files are as they were")
    pathlib.Path(trial.data, MARK).unlink()
    check(trial.run("doctor").returncode == 0, "and the office is whole")


def foreign_tables_survive(trial):
    trial.begin()
    trial.database.ask("CREATE TABLE jobs (id INT); INSERT INTO jobs VALUES (7)")
    refused = trial.init()
    check(refused.returncode == 77 and "database_not_ours" in refused.stderr and refused.stderr.count("\n") == 1, f"beside others: {refused.returncode} {refused.stderr}")
    check(trial.database.ask("SHOW TABLES") == [["jobs"]] and trial.database.ask("SELECT id FROM jobs") == [["7"]], "their tables are as they were")


with tempfile.TemporaryDirectory() as folder:
    database = Server(folder) if on_mariadb else Sqlite()
    try:
        trial = Trial(folder, database)
        steps = killed_anywhere(trial)
        killed_twice(trial, steps)
        unfinished_is_not_served(trial)
        finished_is_never_emptied(trial)
        if on_mariadb:
            foreign_tables_survive(trial)
            unfinished_is_not_served(trial)
            another_folder(trial, folder)
    finally:
        database.stop()
finish()
