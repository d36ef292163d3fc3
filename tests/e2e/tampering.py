#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who writes in the database behind the service's back is found: by `congvan doctor`, and in the trail that the API gives.

A document is issued and dispatched; then its events, and its row, are changed with SQL, one way at a time. What was changed is
put back before the next, and the untouched one must be in order. The same with the trail as somebody downloaded it, judged by
`congvan log verify --event`; commitment and proof of one of its events are computed here too, from hashlib alone.

usage: tampering.py CONGVAN
"""
import base64, calendar, contextlib, hashlib, http.client, json, pathlib, sqlite3, struct, subprocess, sys, tempfile, time, uuid

from checks import check, finish
from province import PIN, Office, Service, settle

congvan = sys.argv[1]


class Issued(Office):
    """One document, issued and dispatched."""

    def issue(self):
        agencies, posts, _ = settle(self.as_)
        self.document = self.sign_all(agencies, posts, "Về việc đúng sự thật")
        self.act("vanthu", "issue", {"pin": PIN})
        self.act("vanthu", "dispatch", {})

    def proven_trail(self):
        """The trail once the log has published all of it."""
        until = time.time() + 60
        while time.time() < until:
            items = self.trail()
            if all(item["proof"] for item in items):
                return items
        raise RuntimeError("the log did not take the events in")


def doctor(folder):
    told = subprocess.run([congvan, "doctor", "--config", f"{folder}/congvan.yaml"], capture_output=True, text=True)
    bad = [line for line in told.stdout.splitlines() if line.startswith("LỖI")]
    return told.returncode, bad, told.stdout + told.stderr


class Tampering:
    """Rows changed with SQL while this lasts."""

    def __init__(self, office, *statements):
        self.file = f"{office.service.folder}/db/congvan.sqlite"
        self.statements = statements

    def __enter__(self):
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as writer:
            self.before = {table: writer.execute(f"SELECT * FROM {table}").fetchall() for table in ("audit_events", "documents")}
            for sql, *values in self.statements:
                check(writer.execute(sql, values).rowcount == 1, f"one row for {sql}")
            writer.commit()

    def __exit__(self, *_):
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as writer:
            for table, rows in self.before.items():
                writer.execute(f"DELETE FROM {table}")
                writer.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
            writer.commit()


def tampered(office):
    return [item["id"] for item in office.trail() if item["tampered"]]


def check_found(office, name, statements, reason, where, by_api=()):
    """`by_api`: the events that the trail must call tampered with, and give no proof of."""
    office.trail()  # so that every session's row is as it will be
    with Tampering(office, *statements):
        code, bad, told = doctor(office.service.folder)
        check(code == 1 and any(reason in line and where in line for line in bad), f"doctor, {name}: {code}\n{told}")
        check(all(" / " in line for line in bad), f"doctor, {name}: both languages\n{told}")
        items = {item["id"]: item for item in office.trail()}
        for event in by_api:
            check(items[event]["tampered"] is True and items[event]["proof"] is None, f"trail, {name}: {items[event]}")
        untouched = [item for item in items.values() if item["id"] not in by_api]
        check(untouched and all(item["proof"] and not item["tampered"] for item in untouched), f"trail, {name}: the others are proved")
    code, _, told = doctor(office.service.folder)
    check(code == 0, f"after {name} was put back: {told}")


def tamper(office, trail):
    of = {item["kind"]: item for item in trail}
    form, signed, drafted = of["document.form-checked"], of["document.signed"], of["document.drafted"]
    key = {item["id"]: uuid.UUID(item["id"]).bytes for item in trail}

    def change(event, column, value):
        return [(f"UPDATE audit_events SET {column} = ? WHERE id = ?", value, key[event["id"]])]

    check_found(office, "an event removed", [("DELETE FROM audit_events WHERE id = ?", key[form["id"]])],
                "leaf_without_event", f"entry {form['leafIndex']}:")
    check_found(office, "details changed", change(drafted, "details", drafted["details"].replace("đúng", "sai")),
                "event_changed", f"event {drafted['id']}", [drafted["id"]])
    other = uuid.UUID(form["person"]).bytes
    check_found(office, "another person", change(signed, "person", other), "event_changed", signed["id"], [signed["id"]])
    check_found(office, "nobody", change(signed, "person", None), "event_changed", signed["id"], [signed["id"]])
    check_found(office, "another time", [("UPDATE audit_events SET happened = happened - 1 WHERE id = ?", key[signed["id"]])],
                "event_changed", signed["id"], [signed["id"]])
    check_found(office, "another salt", change(signed, "salt", b"\0" * 32), "event_changed", signed["id"], [signed["id"]])
    check_found(office, "a salt cut short", change(signed, "salt", b"\0" * 31), "event_unreadable", signed["id"], [signed["id"]])

    forged = uuid.UUID("01890000-0000-7000-8000-000000000000")
    copy = ("INSERT INTO audit_events SELECT ?, kind, happened, person, post, agency, subject_kind, subject, trace, details, salt, {} "
            "FROM audit_events WHERE id = ?")
    check_found(office, "an event put in", [(copy.format("?"), forged.bytes, uuid.uuid4().bytes, key[signed["id"]])],
                "event_without_leaf", str(forged), [str(forged)])
    check_found(office, "an event twice", [(copy.format("leaf"), forged.bytes, key[signed["id"]])],
                "event_changed", str(forged), [str(forged)])

    row = "UPDATE documents SET {} = ? WHERE id = ?"
    for column, value in (("subject", "Về việc khác"), ("number", 7), ("file", b"\1" * 32), ("state", "issued")):
        member = {"file": "sha256"}.get(column, column)
        check_found(office, f"the document's {column}", [(row.format(column), value, office.document.bytes)],
                    "document_differs", f"{office.document} {member}:")


# ---- the downloaded trail --------------------------------------------------------------------------------------------


def sized(value):
    return struct.pack(">Q", len(value)) + value


def canonical(item):
    """What a leaf commits to (src/office/audit/event.h)."""
    seconds, _, fraction = item["time"].rstrip("Z").partition(".")
    micros = calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10**6 + int(fraction.ljust(6, "0") or 0)
    identity = {name: uuid.UUID(item[name]).bytes if item[name] else b"" for name in ("id", "person", "post", "agency", "subject")}
    return (b"\1" + sized(identity["id"]) + sized(item["kind"].encode()) + struct.pack(">Q", micros) + sized(identity["person"])
            + sized(identity["post"]) + sized(identity["agency"]) + sized(item["subjectKind"].encode()) + sized(identity["subject"])
            + sized(item["trace"].encode()) + sized(item["details"].encode()))


def leaf_of(item):
    return b"\1\1" + hashlib.sha256(b"congvan/commitment/v1\n" + bytes.fromhex(item["salt"]) + canonical(item)).digest()


def root_from(index, size, leaf, path):
    """RFC 9162 section 2.1.3.2."""
    node, last, top = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for sibling in path:
        if node % 2 or node == last:
            top = hashlib.sha256(b"\1" + sibling + top).digest()
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            top = hashlib.sha256(b"\1" + top + sibling).digest()
        node, last = node // 2, last // 2
    return top if last == 0 else None


def compute_by_hand(item):
    check(base64.b64decode(item["canonical"]) == canonical(item), f"canonical bytes of {item}")
    check(base64.b64decode(item["leaf"]) == leaf_of(item), f"leaf of {item}")
    head, note = item["proof"].split("\n\n", 1)
    lines, (_, size, root, *_) = head.split("\n"), note.split("\n")
    check(lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {item['leafIndex']}"], f"head of the proof: {lines[:2]}")
    path = [base64.b64decode(line) for line in lines[2:]]
    check(root_from(item["leafIndex"], int(size), leaf_of(item), path) == base64.b64decode(root), f"inclusion of {item['id']}")


def check_offline(service, items, code, reason="", key="records"):
    file = pathlib.Path(service.folder, "nhat-ky.json")
    file.write_text(json.dumps({"items": items, "next": None}, ensure_ascii=False))
    told = subprocess.run([congvan, "log", "verify", "--event", file, "--key", f"{service.folder}/log/{key}.vkey"],
                          capture_output=True, text=True)
    check(told.returncode == code and reason in told.stdout, f"log verify --event, {reason}: {told.returncode} {told.stdout}{told.stderr}")


def edit_offline(service, trail):
    check_offline(service, trail, 0)
    check_offline(service, trail, 1, "checkpoint_not_signed", key="issuance")
    place = next(i for i, item in enumerate(trail) if item["kind"] == "document.signed")

    def edited(**members):
        return [item | members if i == place else item for i, item in enumerate(trail)]

    for name, value in (("details", trail[0]["details"]), ("person", trail[0]["person"]), ("person", None), ("post", None),
                        ("agency", str(uuid.uuid4())), ("time", trail[0]["time"]), ("kind", "document.returned"),
                        ("subject", str(uuid.uuid4())), ("subjectKind", "delivery"), ("trace", "x"), ("salt", "00" * 32),
                        ("leafIndex", 0), ("leaf", trail[0]["leaf"])):
        check_offline(service, edited(**{name: value}), 1, "[event_changed]")
    changed = trail[place] | {"details": "{}"}
    consistent = base64.b64encode(leaf_of(changed)).decode()
    check_offline(service, edited(details="{}", leaf=consistent), 1, "[proof_wrong]")
    check_offline(service, edited(salt="00"), 1, "[event_unreadable]")
    check_offline(service, edited(kind="nonsense"), 1, "[event_unreadable]")
    check_offline(service, edited(proof="nonsense"), 1, "[tlog_proof_malformed]")
    check_offline(service, edited(proof=None), 2, "[event_without_proof]")
    check_offline(service, edited(proof=None, tampered=True), 1, "[event_tampered]")
    check_offline(service, [], 2)


def main():
    with tempfile.TemporaryDirectory() as folder:
        service = Service(congvan, folder + "/data")
        service.start()
        office = Issued(service)
        office.issue()
        trail = office.proven_trail()
        check(len(trail) > 8 and not tampered(office), "the trail is whole and proved")
        code, bad, told = doctor(service.folder)
        check(code == 0 and not bad, told)
        for item in trail:
            compute_by_hand(item)
        edit_offline(service, trail)
        tamper(office, trail)
        service.stop()


main()
finish()
