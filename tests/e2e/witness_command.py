#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""congvan log witness: asked by a log that Python and openssl made, killed, run twice, and lied to."""
import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading

from checks import check, finish
from province import free_ports
from small_log import ORIGIN, Key, checkpoint, consistency, leaf

PROGRAM = sys.argv[1]
SPKI = bytes.fromhex("302a300506032b6570032100")  # in front of an Ed25519 key


class Witness:
    def __init__(self, folder, *logs):
        self.folder, self.logs, self.port = folder, logs, free_ports(1)[0]

    def command(self, *more):
        logs = [word for log in self.logs for word in ("--log", log)]
        return [PROGRAM, "log", "witness", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}", *logs, *more]

    def start(self):
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.vkey = self.process.stdout.readline().strip()  # printed once it serves
        return self

    def refused(self, *more):
        ran = subprocess.run(self.command(*more), capture_output=True, text=True, timeout=30)
        return ran.returncode, ran.stderr

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def ask(self, method, path, body=None):
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(wire):
            wire.request(method, path, body)
            answer = wire.getresponse()
            return answer.status, answer.read(), answer.headers.get("Content-Type", "")

    def add(self, old, proof, note):
        lines = "".join(base64.b64encode(one).decode() + "\n" for one in proof)
        return self.ask("POST", "/add-checkpoint", f"old {old}\n{lines}\n{note}".encode())


def holds(vkey, note, line):
    """The time of a cosignature that openssl verifies; None when it does not."""
    name, number, key = vkey.split("+", 2)
    words = line.decode().rstrip("\n").split(" ")
    value = base64.b64decode(words[2])
    typed = base64.b64decode(key)
    text = note.split("\n\n")[0] + "\n"
    time = struct.unpack(">Q", value[4:12])[0]
    if words[:2] != ["\u2014", name] or value[:4].hex() != number or typed[0] != 4 or len(value) != 76:
        return None
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": SPKI + typed[1:], "text": f"cosignature/v1\ntime {time}\n{text}".encode(), "value": value[12:]}
        for file, data in files.items():
            pathlib.Path(folder, file).write_bytes(data)
        ran = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin", "-in", "text",
                              "-sigfile", "value"], cwd=folder, capture_output=True)
    return time if ran.returncode == 0 else None


def main():
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    key = Key(folder)
    os.mkdir("stranger")
    stranger = Key("stranger")
    entries = [f"entry {i}".encode() for i in range(400)]
    hashes = [leaf(entry) for entry in entries]
    forked = [b"other"] + entries[1:]

    def note(size, of=entries, by=key):
        return checkpoint(by, of[:size])

    def proof(older, newer):
        return consistency(hashes[:newer], older)

    witness = Witness("w", key.vkey).start()
    number = witness.vkey.split("+")[1]
    check(witness.vkey.startswith("witness-") and len(number) == 8, "a witness without a name has one of its own")

    # The protocol, one answer after another.
    empty = note(0)
    status, lines, _ = witness.add(0, [], empty)
    check(status == 200 and holds(witness.vkey, empty, lines), "an empty log is cosigned")
    status, lines, _ = witness.add(0, [], note(5))
    check(status == 200 and holds(witness.vkey, note(5), lines), "the first checkpoint is cosigned")
    check(witness.add(0, [], note(5)) == (409, b"5\n", "text/x.tlog.size"), "409 says how far it has seen")
    check(witness.add(3, proof(3, 9), note(9))[:2] == (409, b"5\n"), "also from another old size")
    status, lines, _ = witness.add(5, [], note(5))
    check(status == 200 and holds(witness.vkey, note(5), lines), "the same again is cosigned again")
    status, lines, _ = witness.add(5, proof(5, 300), note(300))
    check(status == 200 and holds(witness.vkey, note(300), lines), "growth with its proof is cosigned")
    check(witness.add(300, proof(5, 301), note(301))[0] == 422, "a proof from elsewhere is none")
    check(witness.add(300, [], note(301))[0] == 422, "nor is no proof")
    check(witness.add(300, [], note(300, forked))[0] == 422, "another root of the same size is a fork")
    check(witness.add(300, consistency([leaf(e) for e in forked[:301]], 300), note(301, forked))[0] == 422, "and its growth too")
    check(witness.add(300, [], note(5))[0] == 400, "an old size above the new one")
    check(witness.add(300, proof(300, 301), note(301, by=stranger))[0] == 403, "somebody else's signature")
    other = key.sign(f"log.example/other\n5\n{note(5).splitlines()[2]}\n")
    check(witness.add(0, [], other)[0] == 404, "a log that nobody told it of")
    for what, body in (("garbage", b"garbage"), ("nothing", b""), ("no old size", b"\n" + note(301).encode()),
                       ("64 hashes", b"old 300\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\n" + note(301).encode())):
        check(witness.ask("POST", "/add-checkpoint", body)[0] == 400, f"{what} is 400")
    check(witness.ask("POST", "/add-checkpoint", b"x" * (64 * 1024 + 1))[0] == 413, "a body has a limit")
    log_id = hashlib.sha256(ORIGIN.encode()).hexdigest()
    status, kept, _ = witness.ask("GET", f"/{log_id}/checkpoint")
    check(status == 200 and kept.decode().startswith(note(300)) and holds(witness.vkey, note(300), kept.splitlines(True)[-1]),
          "what was cosigned last is shown, with both signatures")
    check(witness.ask("GET", f"/{'0' * 64}/checkpoint")[0] == 404, "and of no other log")
    check(pathlib.Path("w", f"{log_id}.fork").read_text() == note(300, forked), "the fork is kept as proof")

    # One process a folder, one key for ever, a memory that is whole or none.
    status, said = Witness("w", key.vkey).refused()
    check(status == 77 and "witness_in_use" in said, "a second process on the folder is refused")
    first = witness.vkey
    check(witness.stop() == 0, "SIGTERM ends it well")
    check(witness.refused("--name", "another.example")[0] == 77, "a name that is not its own is refused")
    check(witness.start().vkey == first, "it keeps its key")
    check(witness.add(0, [], note(5))[:2] == (409, b"300\n"), "and its memory")
    witness.stop()
    saved = pathlib.Path("w", f"{log_id}.checkpoint").read_bytes()
    for how, damage in (("cut short", saved[:-9]), ("empty", b""), ("of another size", saved.replace(b"300", b"299"))):
        pathlib.Path("w", f"{log_id}.checkpoint").write_bytes(damage)
        status, said = witness.refused()
        check(status == 65 and "witness_state_damaged" in said, f"a memory {how} is refused")
    pathlib.Path("w", f"{log_id}.checkpoint").write_bytes(saved)
    os.rename("w/witness.key", "w/away")
    check(witness.refused()[0] == 66, "a lost key is no new one")
    os.rename("w/away", "w/witness.key")
    check(oct(os.stat("w/witness.key").st_mode)[-3:] == "600", "the key is nobody else's to read")
    check(subprocess.run([PROGRAM, "log", "witness", "--data", "w"], capture_output=True).returncode == 64, "it needs a log and a place")

    # Of many requests at once for one step exactly one is cosigned.
    witness.start()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda size: witness.add(300, proof(300, size), note(size)), range(301, 317)))
    taken = [answer for answer in answers if answer[0] == 200]
    check(len(taken) == 1 and all(answer[0] in (200, 409) for answer in answers), "requests at once are one after another")
    seen = int(witness.add(0, [], note(5))[1])

    # Killed at any moment, it never forgets what it answered, so it never cosigns two histories.
    notes = {size: note(size) for size in range(seen, 401)}
    chance, rounds, lost = random.Random(7), 0, 0
    while seen < 400 and rounds < 12:
        rounds += 1
        threading.Timer(chance.uniform(0, 0.05), witness.kill).start()
        try:
            while seen < 400:
                if witness.add(seen, proof(seen, seen + 1), notes[seen + 1])[0] != 200:
                    break
                seen += 1
        except (OSError, http.client.HTTPException):
            pass
        witness.process.wait()
        witness.start()
        now = int(witness.add(0, [], note(5))[1])
        lost += now not in (seen, seen + 1)  # stored and not answered is fine
        seen = now
    check(rounds > 3 and lost == 0, f"killed {rounds} times and {lost} answers forgotten")
    status = witness.add(seen, [], note(seen, forked))[0]
    check(status == 422, "a fork is refused after all that")
    witness.stop()
    shutil.rmtree(folder)
    finish()


main()
