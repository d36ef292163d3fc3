#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`congvan verify` as a person types it: options, exit codes, JSON, several files (DESIGN 4.1).

usage: verify_command.py CONGVAN
Everything that is verified here was signed by openssl.
"""
import json, pathlib, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import make_signed_pdf  # noqa: E402

CONGVAN = str(pathlib.Path(sys.argv[1]).resolve())
SCHEMA = json.loads((ROOT / "src/trust/report/report.schema.json").read_text())
tally = {"passed": 0, "failed": 0, "skipped": 0}


def note(name, wrong):
    tally["failed" if wrong else "passed"] += 1
    if wrong:
        print(f"{name}: {wrong}")


def run(folder, *arguments):
    return subprocess.run([CONGVAN, "verify", *arguments], cwd=folder, capture_output=True, timeout=60)


def verdict(done):
    return json.loads(done.stdout)


def make_files(folder):
    subprocess.run(["sh", ROOT / "tests/data/validation/make_pki.sh", "."], cwd=folder, check=True, capture_output=True)
    sign = ["openssl", "cms", "-sign", "-cades", "-binary", "-in", "content", "-signer", "signer.pem", "-inkey",
            "signer.key", "-outform", "DER"]
    subprocess.run([*sign, "-nodetach", "-out", "good.p7m"], cwd=folder, check=True)
    subprocess.run([*sign, "-out", "detached.p7s"], cwd=folder, check=True)
    for name in ("tls", "tsa"):
        subprocess.run(["openssl", "cms", "-sign", "-cades", "-binary", "-in", "content", "-nodetach", "-signer",
                        name + ".pem", "-inkey", name + ".key", "-outform", "DER", "-out", name + ".p7m"], cwd=folder,
                       check=True)
    good = (folder / "good.p7m").read_bytes()
    (folder / "bad.p7m").write_bytes(good.replace(b"noi dung", b"noi dunG"))
    (folder / "broken.p7m").write_bytes(good[:200])
    (folder / "empty").write_bytes(b"")
    (folder / "plain.txt").write_bytes("xin chào".encode())
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nno objects\n")
    (folder / "asic.asice").write_bytes(b"PK\x03\x04mimetypeapplication/vnd.etsi.asic-e+zip")
    (folder / "unsigned.pdf").write_bytes(make_signed_pdf.unsigned()[0])
    signed, table = make_signed_pdf.signed(folder, "signer")
    (folder / "signed.pdf").write_bytes(signed)
    (folder / "tampered.pdf").write_bytes(signed.replace(b"(CHI THI)", b"(CHI THU)"))
    (folder / "overlaid.pdf").write_bytes(make_signed_pdf.overlaid(signed, table))
    (folder / "stamped.pdf").write_bytes(make_signed_pdf.filled(folder, "signer", b"[14 622 156 722]"))
    (folder / "filled-over.pdf").write_bytes(make_signed_pdf.filled(folder, "signer", b"[0 0 595 842]"))
    # A value over content that is a set of signed attributes: the same octets sign whatever the attributes speak of.
    subprocess.run(["openssl", "cms", "-sign", "-noattr", "-binary", "-in", "attributes", "-signer", "signer.pem",
                    "-inkey", "signer.key", "-outform", "DER", "-out", "bare.p7s"], cwd=folder, check=True)
    (folder / "anchors").mkdir()
    (folder / "anchors/root.pem").write_bytes((folder / "root.pem").read_bytes())
    subprocess.run(["openssl", "x509", "-in", "stranger.pem", "-outform", "DER", "-out", "anchors/other.der"],
                   cwd=folder, check=True)


AT = ["--at", "2021-06-15T07:00:00+07:00"]
TRUST = [*AT, "--trust", "root.pem", "--extra", "clean-2021.crl"]

# name, arguments, exit code, overall, sub-indication of the first signature, document state
CASES = [
    ("a sound CMS file", ["good.p7m", *TRUST], 0, "TOTAL-PASSED", None, "as-signed"),
    ("a sound PDF", ["signed.pdf", *TRUST], 0, "TOTAL-PASSED", None, "as-signed"),
    ("anchors in a folder, PEM and DER mixed", ["signed.pdf", *AT, "--trust", "anchors", "--extra", "clean-2021.crl"],
     0, "TOTAL-PASSED", None, "as-signed"),
    ("one byte of the page changed", ["tampered.pdf", *TRUST], 1, "TOTAL-FAILED", "HASH_FAILURE", None),
    ("a later revision overlays the page", ["overlaid.pdf", *TRUST], 1, "TOTAL-FAILED", "FORMAT_FAILURE", "modified"),
    ("the same with integrity only", ["overlaid.pdf", "--checks", "integrity"], 1, "TOTAL-FAILED", "FORMAT_FAILURE",
     "modified"),
    ("a field as large as a stamp is filled", ["stamped.pdf", *TRUST], 0, "TOTAL-PASSED", None, "extended"),
    ("a field as large as the page is filled with an opaque look", ["filled-over.pdf", *TRUST], 1, "TOTAL-FAILED",
     "FORMAT_FAILURE", "modified"),
    ("one byte of the content changed", ["bad.p7m", *TRUST], 1, "TOTAL-FAILED", "HASH_FAILURE", None),
    ("no anchor: nobody is trusted", ["signed.pdf", *AT], 2, "INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND", "as-signed"),
    ("integrity asks no trust", ["signed.pdf", "--checks", "integrity"], 0, "TOTAL-PASSED", None, "as-signed"),
    ("revocation is required by default", ["signed.pdf", *AT, "--trust", "root.pem"], 2, "INDETERMINATE", "TRY_LATER",
     "as-signed"),
    ("revocation may be tried", ["signed.pdf", *AT, "--trust", "root.pem", "--revocation", "try"], 0, "TOTAL-PASSED", None,
     "as-signed"),
    ("revoked", ["signed.pdf", *AT, "--trust", "root.pem", "--extra", "revoked-2021.crl"], 1, "TOTAL-FAILED", "REVOKED",
     "as-signed"),
    ("expired today", ["signed.pdf", "--trust", "root.pem"], 2, "INDETERMINATE", "OUT_OF_BOUNDS_NO_POE", "as-signed"),
    ("detached without its content", ["detached.p7s", *TRUST], 2, "INDETERMINATE", "SIGNED_DATA_NOT_FOUND", None),
    ("detached with its content", ["detached.p7s", "--content", "content", *TRUST], 0, "TOTAL-PASSED", None, "as-signed"),
    ("detached with other content", ["detached.p7s", "--content", "plain.txt", *TRUST], 1, "TOTAL-FAILED", "HASH_FAILURE",
     None),
    ("detached, its content somebody's signed attributes", ["bare.p7s", "--content", "attributes", *TRUST], 1,
     "TOTAL-FAILED", "FORMAT_FAILURE", None),
    ("signed by a TLS server's certificate", ["tls.p7m", *TRUST], 2, "INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE", None),
    ("signed by a time-stamping authority", ["tsa.p7m", *TRUST], 2, "INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE", None),
    ("nothing signed", ["plain.txt"], 3, "NO-SIGNATURE", None, None),
    ("an unsigned PDF", ["unsigned.pdf"], 3, "NO-SIGNATURE", None, None),
    ("no bytes", ["empty"], 65, "MALFORMED", None, None),
    ("a broken PDF", ["broken.pdf"], 65, "MALFORMED", None, None),
    ("a broken CMS file", ["broken.p7m"], 65, "MALFORMED", None, None),
    ("a format not built yet", ["asic.asice", *TRUST], 2, "INDETERMINATE", None, None),
    ("--offline changes nothing", ["good.p7m", "--offline", *TRUST], 0, "TOTAL-PASSED", None, "as-signed"),
    ("a policy file", ["good.p7m", *AT, "--trust", "root.pem", "--policy", str(ROOT / "certs/policies/permissive.yaml")], 0,
     "TOTAL-PASSED", None, "as-signed"),
]

REFUSED = [
    ("no file", [], 64),
    ("an unknown option", ["good.p7m", "--sure"], 64),
    ("a bad time", ["good.p7m", "--at", "yesterday"], 64),
    ("a bad mode", ["good.p7m", "--revocation", "maybe"], 64),
    ("an anchor that is none", ["good.p7m", "--trust", "content"], 65),
    ("material that is none", ["good.p7m", "--extra", "content"], 65),
    ("a policy with an unknown key", ["good.p7m", "--policy", "ca.cnf"], 65),
    ("an output not built yet", ["good.p7m", "--format", "etsi-xml"], 64),
    ("a file that is not there", ["nowhere.pdf"], 66),
    ("a folder", ["anchors"], 66),
    ("an anchor that is not there", ["good.p7m", "--trust", "nowhere.pem"], 66),
    ("online, not built", ["good.p7m", "--online"], 69),
    ("help", ["--help"], 0),
]

SEVERAL = [
    (["good.p7m", "signed.pdf"], 0),
    (["good.p7m", "plain.txt"], 3),
    (["plain.txt", "asic.asice", "good.p7m"], 2),
    (["asic.asice", "empty", "plain.txt"], 65),
    (["empty", "bad.p7m", "good.p7m"], 1),
    (["nowhere.pdf", "empty", "good.p7m"], 66),
    (["nowhere.pdf", "bad.p7m"], 1),
]


def check_case(folder, name, arguments, code, overall, sub, document):
    done = run(folder, *arguments, "--format", "json")
    if done.returncode != code:
        return f"exit {done.returncode}, wanted {code}: {done.stdout[:300]!r} {done.stderr[:300]!r}"
    said = verdict(done)
    if said["overall"] != overall:
        return f"said {said['overall']}"
    if said["signatures"]:
        first = said["signatures"][0]
        if first["sub_indication"] != sub:
            return f"sub-indication {first['sub_indication']}"
        if document and first["document"] != document:
            return f"document {first['document']}"
    return None


# How a file is encrypted, as qpdf says it. The program carries no cipher of QPDF's: every kind is refused alike.
ENCRYPTIONS = ["40", "128 --use-aes=n", "128 --use-aes=y", "128 --use-aes=y --cleartext-metadata", "256",
               "256 --force-R5"]


def check_encryption(folder, kind, password):
    subprocess.run(["qpdf", "--allow-weak-crypto", "--encrypt", password, "owner", *kind.split(), "--", "signed.pdf",
                    "locked.pdf"], cwd=folder, check=True)
    done = run(folder, "locked.pdf", "--format", "json")
    if done.returncode != 65 or verdict(done)["problems"] != ["pdf_encrypted: has /Encrypt"]:
        return f"exit {done.returncode}: {done.stdout[:300]!r} {done.stderr[:300]!r}"
    text = run(folder, "locked.pdf").stdout.decode()
    if "Tệp PDF bị mã hóa / The PDF is encrypted [pdf_encrypted" not in text or "hoặc không đọc được" in text:
        return text
    return None


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_files(folder)
        outputs = []
        for case in CASES:
            note(case[0], check_case(folder, *case))
            outputs.append(run(folder, *case[1], "--format", "json").stdout)
        for kind in ENCRYPTIONS:
            for password in ("", "user"):
                note(f"encrypted {kind}, password '{password}'", check_encryption(folder, kind, password))
        for title, arguments, code in REFUSED:
            done = run(folder, *arguments)
            note(title, None if done.returncode == code else f"exit {done.returncode}, wanted {code}: {done.stderr!r}")
        for files, code in SEVERAL:
            done = run(folder, *files, *TRUST, "--format", "json")
            lines = done.stdout.splitlines()
            there = [file for file in files if file != "nowhere.pdf"]
            wrong = done.returncode != code or [json.loads(line)["file"] for line in lines] != there
            note(" ".join(files), f"exit {done.returncode}, {len(lines)} lines" if wrong else None)
        text = run(folder, "overlaid.pdf", *TRUST).stdout.decode()
        note("text is Vietnamese first", None if text.startswith("Tệp / File") and "đã bị sửa" in text else text[:300])
        page = run(folder, "overlaid.pdf", *TRUST, "--format", "page").stdout.decode()
        note("page", None if page.startswith("<!DOCTYPE html>") and "<script" not in page else page[:300])
        check_schema(outputs)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**tally))
    return 1 if tally["failed"] else 0


def check_schema(outputs):
    try:
        import jsonschema
    except ImportError:
        print("skipped: no python3-jsonschema")
        tally["skipped"] += 1
        return
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for output in outputs:
        wrong = next(iter(validator.iter_errors(json.loads(output))), None)
        note("schema", wrong and wrong.message)


sys.exit(main())
