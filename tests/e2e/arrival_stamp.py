#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recipient fills the arrival stamp of a sealed document with a tool that is not ours: every signature stays valid, and what was
filled is named. Any other field that was there when the seal was set refuses it.

usage: arrival_stamp.py CONGVAN FOLDER      the folder has chi-thi.pdf, root.pem and the revocation lists
"""
import json, pathlib, re, subprocess, sys, tempfile

from checks import check, finish

congvan, folder = sys.argv[1], pathlib.Path(sys.argv[2])
SEALED = (folder / "chi-thi.pdf").read_bytes()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def text_of(value):
    """qpdf's JSON of an object as PDF."""
    if isinstance(value, dict):
        return "<< " + " ".join(f"{key} {text_of(one)}" for key, one in value.items()) + " >>"
    if isinstance(value, list):
        return "[ " + " ".join(text_of(one) for one in value) + " ]"
    if isinstance(value, str) and value.startswith("u:"):
        plain = value[2:].isascii()
        return f"<{value[2:].encode().hex() if plain else 'feff' + value[2:].encode('utf-16-be').hex()}>"
    if isinstance(value, str) and value.startswith("b:"):
        return f"<{value[2:]}>"
    return str(value)


objects = json.loads(run("qpdf", "--json=2", "--json-key=qpdf", str(folder / "chi-thi.pdf")).stdout)["qpdf"][1]
field_of = {value["/T"][2:]: (key, value) for key, one in objects.items()
            if isinstance(value := one.get("value"), dict) and str(value.get("/T", "")).startswith("u:")}


def filled(name, text):
    """The file with one more revision, in which the field says `text` and looks like it."""
    key, field = field_of[name]
    number, size = int(key.split(":")[1].split()[0]), int(objects["trailer"]["value"]["/Size"])
    box = field["/Rect"]
    look = f"BT /F1 12 Tf 4 8 Td ({text}) Tj ET".encode()
    drawn = (f"<< /Type /XObject /Subtype /Form /BBox [0 0 {box[2] - box[0]} {box[3] - box[1]}] /Resources << /Font << /F1 "
             f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Length {len(look)} >>\nstream\n").encode()
    bodies = {number: text_of(field | {"/V": f"u:{text}", "/AP": {"/N": f"{size} 0 R"}}).encode(),
              size: drawn + look + b"\nendstream"}
    file, rows = SEALED, b""
    for one, body in bodies.items():
        rows += b"%d 1\n%010d 00000 n \n" % (one, len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (one, body)
    previous = re.findall(rb"startxref\s+(\d+)", SEALED)[-1].decode()
    trailer = objects["trailer"]["value"] | {"/Size": size + 1, "/Prev": previous}
    return file + b"xref\n" + rows + b"trailer\n" + text_of(trailer).encode() + b"\nstartxref\n%d\n%%%%EOF\n" % len(file)


def judged(file):
    """Verdict and what was named behind the last signature, and how often pdfsig says valid; qpdf finds no fault."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as kept:
        kept.write(file)
        kept.flush()
        extra = [word for crl in sorted(folder.glob("*.crl")) for word in ("--extra", str(crl))]
        told = json.loads(run(congvan, "verify", kept.name, "--trust", str(folder / "root.pem"), *extra, "--format", "json").stdout)
        check("No syntax" in run("qpdf", "--check", kept.name).stdout, "qpdf finds no fault")
        valid = run("pdfsig", "-nocert", kept.name).stdout.count("Signature is Valid")
        return told, valid


def after_seal(told):
    """What came after the seal: kind, what, whether it is permitted."""
    seal = next(one for one in told["signatures"] if one["field"] == "con-dau")
    return [(change["kind"], change["what"], change["lawful"]) for change in seal["changes"]]


check("dau-den" in field_of and "/V" not in field_of["dau-den"][1], "the arrival stamp waits for its recipient")
told, valid = judged(SEALED)
check((told["overall"], after_seal(told), valid) == ("TOTAL-PASSED", [], 4), f"as sealed: {told['overall']}, {valid} valid")
told, valid = judged(filled("dau-den", "So 12 - 23/11/2026"))
check((told["overall"], valid) == ("TOTAL-PASSED", 4), f"with its stamp: {told['overall']}, {valid} valid")
left, bottom, right, top = (round(edge) for edge in field_of["dau-den"][1]["/Rect"])
named = f"field dau-den: value, {right - left} x {top - bottom} at {left}, {bottom}"
check((right - left, top - bottom) == (142, 100), f"50 by 35 mm: {left, bottom, right, top}")
check(after_seal(told) == [("field-filled", named, True)], f"the stamp is named: {after_seal(told)}")
for name in ("so", "ngay"):
    told, _ = judged(filled(name, "99/CT-UBND"))
    check(told["overall"] == "TOTAL-FAILED", f"{name} filled again: {told['overall']}")
    check([(kind, lawful) for kind, _, lawful in after_seal(told)] == [("locked-field-changed", False)], f"{name} is locked: {after_seal(told)}")
finish()
