#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration under hands that do not wait: cut short and started again, stopped, on taken ports, with odd files. What it
leaves for an auditor is checked here with Python and openssl alone.

usage: demo_again.py CONGVAN
"""
import base64, hashlib, os, pathlib, signal, socket, subprocess, sys, tempfile

from checks import check, finish
from province import small_pdf

congvan = sys.argv[1]


def demo(*options, **more):
    return subprocess.run([congvan, "demo", "--once", *options], capture_output=True, text=True, **more)


def cut(at, with_signal, *options):
    """Exit code and output of a story that gets a signal when it says `at`."""
    story = subprocess.Popen([congvan, "demo", "--once", *options], stdout=subprocess.PIPE, text=True)
    said = ""
    for line in story.stdout:
        said += line
        if at in line:
            story.send_signal(with_signal)
            break
    said += story.stdout.read()
    return story.wait(120), said


def three_ports():
    """The first of three free ports in a row."""
    for first in range(30000 + os.getpid() % 10000, 60000, 3):
        holders = [socket.socket() for _ in range(3)]
        try:
            for offset, holder in enumerate(holders):
                holder.bind(("127.0.0.1", first + offset))
            return str(first)
        except OSError:
            continue
        finally:
            for holder in holders:
                holder.close()
    raise RuntimeError("no three free ports")


def proved(stem, vkey):
    """A leaf is in the tree of a signed checkpoint: RFC 6962 by hashlib, the signature by openssl."""
    leaf = pathlib.Path(stem + ".leaf").read_bytes()
    head, checkpoint = pathlib.Path(stem + ".tlog-proof").read_text().split("\n\n", 1)
    kind, index, *path = head.split("\n")
    path = [base64.b64decode(one) for one in path]
    body, signatures = checkpoint.split("\n\n", 1)
    origin, size, root = body.split("\n")[:3]
    index, last, node = int(index.split()[1]), int(size) - 1, hashlib.sha256(b"\0" + leaf).digest()
    for sibling in path:  # RFC 9162 section 2.1.3.2
        if index % 2 == 1 or index == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while index % 2 == 0 and index != 0:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        index, last = index // 2, last // 2
    name, _, key = vkey.strip().split("+", 2)
    raw = base64.b64decode(key)[1:]
    signature = next(base64.b64decode(line.split()[-1])[4:] for line in signatures.splitlines() if line.startswith(f"\u2014 {origin} "))
    with tempfile.TemporaryDirectory() as folder:
        public, text, value = (os.path.join(folder, one) for one in ("key", "text", "value"))
        pathlib.Path(public).write_bytes(bytes.fromhex("302a300506032b6570032100") + raw)
        pathlib.Path(text).write_bytes((body + "\n").encode())
        pathlib.Path(value).write_bytes(signature)
        signed = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", public, "-rawin",
                                 "-in", text, "-sigfile", value], capture_output=True)
    return last == 0 and node == base64.b64decode(root) and name == origin and signed.returncode == 0


with tempfile.TemporaryDirectory() as temporary:
    data, port = temporary + "/data", three_ports()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", int(port) + 1))
        holder.listen()
        refused = demo("--data", data, "--port", port)
        check(refused.returncode == 69 and "[address_taken]" in refused.stderr, f"a taken port: {refused.returncode} {refused.stderr}")
    missing = demo("--data", data, "--port", port, "--file", temporary + "/none.pdf")
    check(missing.returncode == 66, f"a file that is not there: {missing.returncode} {missing.stderr}")
    word = demo("--data", data, "--port", port, "mine.pdf")
    check(word.returncode == 64 and "mine.pdf" in word.stderr, f"a word without an option: {word.returncode} {word.stderr}")
    check(not os.path.exists(data), "nothing of that made a folder")

    ended, said = cut("[1/9]", signal.SIGKILL, "--data", data, "--port", port, "--ca-key", "rsa3072")
    check(ended == -signal.SIGKILL, f"killed at once: {ended} {said}")
    ended, said = cut("[2/9]", signal.SIGHUP, "--data", data)
    check(ended == -signal.SIGHUP and "FAILED" not in said, f"a closed terminal: {ended} {said}")
    ended, said = cut("[2/9]", signal.SIGINT, "--data", data)
    check(ended not in (0, None) and "demo_stopped" in said and "[4/9]" not in said, f"Ctrl+C: {ended} {said}")

    encrypted = pathlib.Path(temporary, "locked.pdf")
    pathlib.Path(temporary, "open.pdf").write_bytes(small_pdf())
    subprocess.run(["qpdf", "--encrypt", "a", "b", "256", "--", temporary + "/open.pdf", str(encrypted)], check=True)
    bad = demo("--data", data, "--file", str(encrypted))
    check(bad.returncode == 1 and "pdf_encrypted" in bad.stdout, f"an encrypted file: {bad.returncode} {bad.stdout[-600:]}")

    elsewhere = three_ports()
    done = demo("--data", data, "--port", elsewhere)
    check(done.returncode == 0, f"the story goes on where it was cut: {done.stdout[-1500:]}")
    check(f"https://127.0.0.1:{elsewhere}/" in done.stdout, "on the port of this run")
    check("quan-tri-minh-hoa" in done.stdout, "the administrator's password is told as well")
    again = demo("--data", data, "--database", temporary + "/none.yaml")
    check(again.returncode == 64 and "[demo_database_fixed]" in again.stderr, f"another database: {again.returncode} {again.stderr}")

    for anchor in ("goc", "ca1"):
        crl = subprocess.run(["openssl", "crl", "-inform", "DER", "-noout", "-text", "-in", str(next(pathlib.Path(data, "out").glob(f"*/{anchor}.crl")))],
                             capture_output=True, text=True).stdout
        check("sha256WithRSAEncryption" in crl, f"{anchor} signs with the kind of key that was asked for: {crl[:300]}")
    out = max(pathlib.Path(data, "out").glob("*/chi-thi.pdf")).parent
    for log, stems in (("issuance", sorted(out.glob("chung-thu/*.leaf"))), ("records", sorted(out.glob("bang-chung/*.leaf")))):
        vkey = (out / f"{log}.vkey").read_text()
        wrong = [stem.name for stem in stems if not proved(str(stem)[:-5], vkey)]
        check(stems and not wrong, f"{len(stems)} proofs of the {log} log, wrong: {wrong}")
    forged = out / "forged"
    leaf = next(iter(out.glob("chung-thu/*.leaf")))
    pathlib.Path(str(forged) + ".leaf").write_bytes(leaf.read_bytes() + b"x")
    pathlib.Path(str(forged) + ".tlog-proof").write_bytes(leaf.with_suffix(".tlog-proof").read_bytes())
    check(not proved(str(forged), (out / "issuance.vkey").read_text()), "another leaf is not proved")
finish()
