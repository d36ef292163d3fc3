#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`congvan path --batch` as other programs see it: the line protocol, then the outside cases.

usage: path_batch.py CONGVAN [CORPORA]
The cases in CORPORA/x509 (default: ../shared/corpora beside the checkout, or $CONGVAN_CORPORA) are
skipped where the folder is absent. Of their tiers only `must` and `names` decide; the others, in which
authorities disagree or rules of the public web are asked, are counted and printed.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CONGVAN = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[2]
DECIDING = ("must", "names")
passed = failed = skipped = 0


def check(name, good, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {detail}")


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


def make_chain(folder):
    """A root and a person's certificate under it, by openssl."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(folder, "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-days", "30")
    openssl(folder, "req", *curve, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
    (folder / "leaf.ext").write_text("authorityKeyIdentifier=keyid\n")
    openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "20",
            "-set_serial", "77", "-extfile", "leaf.ext", "-out", "leaf.pem")
    return (folder / "ca.pem").read_text(), (folder / "leaf.pem").read_text()


class Batch:
    def __init__(self):
        self.process = subprocess.Popen([CONGVAN, "path", "--batch"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, line):
        """Answered before the next line is written, so an answer that is not flushed would hang."""
        self.process.stdin.write(line if isinstance(line, bytes) else line.encode())
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().rstrip("\n")

    def close(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        return self.process.wait(), rest


def check_protocol(root, leaf):
    batch = Batch()
    question = {"id": "1", "roots": [root], "intermediates": [], "leaf": leaf, "time": None}
    good = json.dumps(question)
    check("a good path", batch.ask(good) == "ok")
    for name, line in {
        "not JSON": "what?",
        "an empty line": "",
        "not an object": "[1]",
        "no leaf": "{}",
        "a leaf that is none": json.dumps({**question, "leaf": "x"}),
        "a number for a text": json.dumps({**question, "leaf": 5}),
        "a time that is none": json.dumps({**question, "time": "tomorrow"}),
        "an unknown kind": json.dumps({**question, "kind": "PRINTER"}),
        "an unknown question": json.dumps({**question, "what": "weather"}),
        "not UTF-8": b'{"leaf": "\xff\xfe"}',
        "NUL octets": b"\0\0\0",
        "deep nesting": "[" * 100000,
    }.items():
        answer = batch.ask(line)
        check(name, answer.startswith("fail: malformed"), answer)
    check("still there", batch.ask(good) == "ok")
    check("members nobody knows", batch.ask(json.dumps({**question, "colour": "red"})) == "ok")
    check("a root that is none", batch.ask(json.dumps({**question, "roots": ["x", root]})) == "ok")
    answer = batch.ask(json.dumps({**question, "time": "2001-01-01T00:00:00+07:00"}))
    check("before its time", answer.startswith("fail: certificate") and "not valid before" in answer, answer)
    answer = batch.ask(json.dumps({**question, "revocation": True}))
    check("revocation asked, none given", answer.startswith("fail:") and "revocation" in answer, answer)
    answer = batch.ask(json.dumps({"what": "crl", "crl": "AAAA", "issuers": [root], "cert": leaf}))
    check("a CRL that is none", answer.startswith("unknown malformed"), answer)
    answer = batch.ask(json.dumps({"what": "ocsp", "response": "AAAA", "issuer": root, "cert": leaf}))
    check("an OCSP answer that is none", answer.startswith("unknown malformed"), answer)

    limit = 16 << 20
    padding = limit - len(json.dumps({**question, "id": ""}))
    check("a line at the limit", batch.ask(json.dumps({**question, "id": "x" * padding})) == "ok")
    answer = batch.ask(json.dumps({**question, "id": "x" * (padding + 1)}))
    check("a line over the limit", answer == "fail: malformed: line over 16 MiB", answer)
    check("and still there", batch.ask(good) == "ok")
    code, rest = batch.close()
    check("ends with the input", code == 0 and rest == b"", f"{code} {rest}")

    last = subprocess.run([CONGVAN, "path", "--batch"], input=good.encode(), capture_output=True)
    check("a last line without line feed", last.stdout == b"ok\n", last.stdout)
    check("no --batch is a usage error", subprocess.run([CONGVAN, "path"], capture_output=True).returncode == 64)


def check_cases(folder):
    global skipped
    if not folder.is_dir():
        print(f"skipped: no outside cases in {folder}")
        skipped += 1
        return
    tiers = collections.defaultdict(lambda: [0, 0])
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        questions = "".join(json.dumps(row["input"]) + "\n" for row in rows)
        answers = subprocess.run([CONGVAN, "path", "--batch"], input=questions, capture_output=True,
                                 text=True, check=False).stdout.splitlines()
        answers += ["no answer"] * (len(rows) - len(answers))
        for row, answer in zip(rows, answers):
            first = answer.split(":")[0].split(" ")[0]
            good = first == row["expected"]
            tiers[row["tier"]][0 if good else 1] += 1
            if row["tier"] in DECIDING:
                check(row["input"]["id"], good, f"wanted {row['expected']}, got {answer[:120]}")
    for tier, (right, wrong) in sorted(tiers.items()):
        print(f"tier {tier:12} right {right:5} wrong {wrong:4}")


with tempfile.TemporaryDirectory() as scratch:
    check_protocol(*make_chain(pathlib.Path(scratch)))
named = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("CONGVAN_CORPORA", ROOT.parent / "shared" / "corpora")
check_cases(pathlib.Path(named) / "x509")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
