#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A service whose logs a witness cosigns and an outsider monitors: a certificate put in behind the log's back, a witness
that is away, and a history that was put back and written anew."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from checks import check, finish
from province import Office, Service, certify, free_ports, made, settle

PROGRAM = sys.argv[1]
started = []  # processes, which end with this one whatever happens


def start_witness(folder, port, *vkey_files):
    logs = [word for file in vkey_files for word in ("--log", str(file))]
    process = subprocess.Popen([PROGRAM, "log", "witness", "--data", folder, "--listen", f"127.0.0.1:{port}", *logs],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    started.append(process)
    return process, process.stdout.readline().strip()


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def ask(port, path):
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(wire):
        wire.request("GET", path)
        answer = wire.getresponse()
        return answer.status, answer.read().decode()


def within(seconds, what, holds):
    until = time.time() + seconds
    while time.time() < until:
        if holds():
            return check(True, what)
        threading.Event().wait(0.1)
    check(False, f"{what} within {seconds} s")


def monitor(service, *more, state="watched", log="issuance"):
    """Exit code and report of a visit."""
    ran = subprocess.run([PROGRAM, "log", "monitor", f"http://127.0.0.1:{service.pki}/log/{log}", "--key",
                          f"{service.folder}/log/{log}.vkey", "--state", state, "--format", "json", *more],
                         capture_output=True, text=True, timeout=120)
    report = json.loads(ran.stdout) if ran.stdout.startswith("{") else {"findings": [], "said": ran.stdout + ran.stderr}
    report["reasons"] = [one["reason"] for one in report["findings"]]
    return ran.returncode, report


def export(office, file):
    """The register as the service gives it to whoever may see everything; how many certificates are in it."""
    status, _, text = office.as_("duyet").send("GET", "/api/v1/register/export?format=monitor")
    assert status == 200, text
    pathlib.Path(file).write_bytes(text)
    return text.count(b"\n") - 1


def change(service, sql, *values):
    with contextlib.closing(sqlite3.connect(f"{service.folder}/db/congvan.sqlite")) as database:
        database.execute(sql, values)
        database.commit()


def main(folder):
    os.chdir(folder)
    service = Service(PROGRAM, f"{folder}/province")
    started.append(service)
    port, nowhere = free_ports(2)
    keys = [pathlib.Path(service.folder, "log", f"{log}.vkey") for log in ("issuance", "records")]
    witness, vkey = start_witness("witness", port, *keys)
    away, away_vkey = start_witness("away", nowhere, *keys)
    stop(away)
    settings = pathlib.Path(service.folder, "congvan.yaml")
    settings.write_text(settings.read_text() + f"""witnesses:
  wanted: 1
  ask:
    - {{ url: "http://127.0.0.1:{port}/", vkey: "{vkey}" }}
    - {{ url: "http://127.0.0.1:{nowhere}", vkey: "{away_vkey}" }}
""")
    service.start()
    name, away_name = vkey.split("+")[0], away_vkey.split("+")[0]

    def cosigned(log="issuance"):
        return f"\u2014 {name} " in ask(service.pki, f"/log/{log}/checkpoint")[1]

    # Cosigned, and nothing waits for the one that is away.
    within(20, "the issuance log's checkpoint is cosigned", cosigned)
    within(20, "so is that of the records log", lambda: cosigned("records"))
    within(20, "who is away is named where readiness is asked", lambda: f"witness issuance {away_name}: fetch_failed" in
           ask(service.internal, "/readyz")[1])
    check(ask(service.internal, "/readyz")[0] == 200, "and the service is ready all the same")
    metrics = ask(service.internal, "/metrics")[1]
    check(f'congvan_log_witness_failing{{log="issuance",witness="{away_name}"}} 1' in metrics and
          f'congvan_log_witness_failing{{log="issuance",witness="{name}"}} 0' in metrics, "and in the metrics")

    # An outsider's visits.
    code, report = monitor(service, "--witness", vkey)
    check(code == 0 and report["before"] == 0 and report["size"] > 0, f"a first visit {report}")
    check(monitor(service, "--witness", away_vkey)[0] == 2, "a cosignature that is missing leaves it open")
    check(monitor(service, "--rules", "records", state="watched-records", log="records")[0] == 0, "the records log is watched as well")
    office = Office(service)
    agencies, _, people = settle(office.as_)
    within(20, "what was issued is cosigned", cosigned)
    count = export(office, "register.csv")
    code, report = monitor(service, "--witness", vkey, "--register", "register.csv")
    check(code == 0 and report["before"] > 0 and count > 5, f"{count} certificates have their entries {report}")
    checked = subprocess.run([PROGRAM, "log", "check", "watched", "--key", str(keys[0]), "--rules", "issuance"], capture_output=True)
    check(checked.returncode == 0, "the copy is a log that can be checked")

    certificate = made(office.as_("admin").send("GET", "/api/v1/certificates?limit=1"))[0]["items"][0]["id"]

    def proof():
        return made(office.as_("admin").send("GET", f"/api/v1/certificates/{certificate}/proof"))[0]["issued"]["proof"]
    check(f"\u2014 {name} " in proof(), "proofs carry the cosignature")

    # A certificate put into the database behind the log's back, one taken out, one exchanged.
    with contextlib.closing(sqlite3.connect(f"{service.folder}/db/congvan.sqlite")) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(certificates)")]
    copied = ", ".join({"id": "randomblob(16)", "serial": "'00ff00ff00ff00ff00ff00ff00ff00ff'"}.get(one, one) for one in columns)
    change(service, f"INSERT INTO certificates ({', '.join(columns)}) SELECT {copied} FROM certificates WHERE person IS NOT NULL LIMIT 1")
    export(office, "put-in.csv")
    code, report = monitor(service, "--register", "put-in.csv")
    check(code == 1 and report["reasons"] == ["certificate_not_logged"], f"a certificate beside the log {report}")
    check("ff00ff00ff00ff00ff00ff00ff00ff" in report["findings"][0]["where"], "it is named")
    change(service, "DELETE FROM certificates WHERE serial = '00ff00ff00ff00ff00ff00ff00ff00ff'")
    taken = "serial = (SELECT MIN(serial) FROM certificates WHERE person IS NOT NULL)"
    change(service, f"CREATE TABLE aside AS SELECT * FROM certificates WHERE {taken}")
    change(service, f"DELETE FROM certificates WHERE {taken}")
    export(office, "taken-out.csv")
    change(service, "INSERT INTO certificates SELECT * FROM aside")
    change(service, "DROP TABLE aside")
    code, report = monitor(service, "--register", "taken-out.csv")
    check(code == 1 and report["reasons"] == ["entry_without_certificate"], f"an entry without its certificate {report}")
    lines = pathlib.Path("register.csv").read_text(encoding="utf-8-sig").splitlines()
    serial, sha256, *more = lines[-1].split(",")
    pathlib.Path("exchanged.csv").write_text("\n".join(lines[:-1] + [",".join([serial, sha256[::-1], *more])]))
    code, report = monitor(service, "--register", "exchanged.csv")
    check(code == 1 and report["reasons"] == ["certificate_differs"], f"another certificate of the same number {report}")
    pathlib.Path("older.csv").write_text("\n".join(lines[:-1]))
    code, report = monitor(service, "--register", "older.csv")
    check(code == 2 and report["reasons"] == ["entry_after_register"], f"an export that is older than the log {report}")
    pathlib.Path("none.csv").write_text("name;number\na;b\n")
    check(monitor(service, "--register", "none.csv")[0] == 65, "a file that is no register")
    for wrong in ("0", "x", "60m", "100000"):
        check(monitor(service, "--intent-limit", wrong)[0] == 64, f"no limit for intents: {wrong}")
    check(monitor(service, "--intent-limit", "1")[0] == 0, "no intent stood alone for longer than a minute")

    # What the witnesses vouch for stands beside the newest checkpoint.
    status, vouched = ask(service.pki, "/log/issuance/cosigned")
    check(status == 200 and f"\u2014 {name} " in vouched, "the newest cosigned checkpoint is served")

    # Database and log put back together: the service cannot know, the witness and the monitor do.
    service.stop()
    shutil.copytree(service.folder, "backup")
    service.start()
    certify(office.as_, "giamdoc", "vanthuso", kind="person", agency=agencies["so"], person=people["giamdoc"])
    within(20, "a later certificate is cosigned", cosigned)
    check(monitor(service)[0] == 0, "and was seen")
    service.stop()
    for part in ("db", "log"):
        shutil.rmtree(f"{service.folder}/{part}")
        shutil.copytree(f"backup/{part}", f"{service.folder}/{part}")
    service.start()
    within(20, "the witness has seen more", lambda: f"witness issuance {name}: witness_ahead" in ask(service.internal, "/readyz")[1])
    code, report = monitor(service)
    check(code == 1 and report["reasons"] == ["previous_ahead"], f"the monitor sees a log that shrank {report}")
    office = Office(service)
    for login in ("chanhvp", "chutich"):
        certify(office.as_, login, "vanthu", kind="person", agency=agencies["top"], person=people[login])
    within(90, "the witness refuses the second history",
           lambda: f"witness issuance {name}: witness_disagrees" in ask(service.internal, "/readyz")[1])
    check(not cosigned(), "it is not cosigned")
    check(f"\u2014 {name} " in proof(), "proofs of the history that was cosigned still carry it")
    code, report = monitor(service)
    check(code == 1 and report["reasons"] == ["previous_differs"], f"the monitor sees the fork {report}")
    check("evidence" in report and pathlib.Path(report["evidence"]).exists(), "and keeps what proves it")
    older = pathlib.Path("watched/seen")
    said = subprocess.run([PROGRAM, "log", "check", f"{service.folder}/log/issuance", "--key", str(keys[0]), "--previous", str(older)],
                          capture_output=True, text=True)
    check(said.returncode == 1 and "previous_differs" in said.stdout, "as does whoever kept a checkpoint")
    service.stop()
    check(monitor(service)[0] == 69, "a log that does not answer")

    # An older database beside the newer log: refused at home already.
    shutil.rmtree(f"{service.folder}/db")
    shutil.copytree("backup/db", f"{service.folder}/db")
    process = subprocess.Popen([PROGRAM, "serve", "--config", str(settings)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    started.append(process)

    def behind():
        try:
            return "log_state_behind" in ask(service.internal, "/readyz")[1]
        except OSError:
            return process.poll() is not None
    within(30, "the service refuses to write a second history by itself", behind)
    stop(process)
    stop(witness)


def clear(folder):
    for one in started:
        process = getattr(one, "process", one)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(folder)


folder = tempfile.mkdtemp()
try:
    main(folder)
finally:
    clear(folder)
finish()
