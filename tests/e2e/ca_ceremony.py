#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Key ceremonies by `congvan ca`, judged by openssl and gfcombine: a root whose key is in shares from the start, another issuing authority,
another root. Usage: ca_ceremony.py CONGVAN"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import checks

CONGVAN = sys.argv[1]
TABLE = ["--present", "Nguyễn Văn An, Giám đốc Sở", "--present", "Trần Thị Bình, kiểm toán"]


def check(what, holds, more=""):
    checks.check(holds, f"{what}: {more}" if more else what)


def run(*words):
    return subprocess.run([CONGVAN, *map(str, words)], capture_output=True, text=True)


def ca(*words):
    return run("ca", *words)


def refused(what, code, reason, done):
    check(what, done.returncode == code and reason in done.stderr, f"{done.returncode} {done.stderr}")


def openssl(*words, **named):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, **named)


def transcript_of(folder, name):
    return (folder / name).read_text(encoding="utf-8")


def certificates(database):
    """DER of what was issued, by kind."""
    import sqlite3
    with sqlite3.connect(database) as db:
        return db.execute("SELECT kind, der FROM certificates WHERE state = 'issued' ORDER BY id").fetchall()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        config = data / "congvan.yaml"
        shares = [folder / f"share-{at}.yaml" for at in range(1, 6)]
        outs = [word for share in shares for word in ("--share-out", share)]

        refused("one person alone holds no ceremony", 77, "ceremony_needs_two",
                ca("init", "--data", data, *outs, "--needed", 3, "--transcript", folder / "t0",
                   "--present", "Nguyễn Văn An", "--present", "Nguyễn Văn An"))
        check("and nothing was made", not data.exists() and not shares[0].exists())

        made = ca("init", "--data", data, "--issuing", 2, *outs, "--needed", 3, "--transcript", folder / "t1", *TABLE)
        check("a province whose root key is in five shares", made.returncode == 0, made.stderr)
        for share in shares:
            check(f"{share.name} is for its owner only", oct(share.stat().st_mode)[-3:] == "600")
        record = transcript_of(folder, "t1")
        root = openssl("x509", "-in", data / "root.pem", "-outform", "DER", "-out", folder / "root.der")
        digest = openssl("dgst", "-sha256", "-r", folder / "root.der").stdout.split()[0]
        check("the record names the root by its hash", root.returncode == 0 and digest in record, record)
        check("and who was there", "Trần Thị Bình, kiểm toán" in record)

        # The key is nowhere in the folder: not in the database, its log, or a page that was freed.
        value = subprocess.run(["gfcombine", "-o", folder / "key", *raw_shares(folder, shares[:3])], capture_output=True)
        check("gfcombine joins three of the shares", value.returncode == 0, value.stderr)
        private = private_key(folder, shares[0], (folder / "key").read_bytes())
        check("to the private key of the root", private is not None)
        found = [str(file) for file in data.rglob("*") if file.is_file() and private in file.read_bytes()]
        check("which is nowhere in the data folder", not found, found)

        listed = ca("list", "--config", config)
        check("the root's key is away, ca1 issues", listed.returncode == 0
              and re.search(r"^goc .*key away", listed.stdout, re.M) is not None
              and re.search(r"^ca1 .*issues now", listed.stdout, re.M) is not None
              and re.search(r"^ca2 .*key here", listed.stdout, re.M) is not None, listed.stdout + listed.stderr)

        refused("without shares there is no other issuing authority", 77, "authority_key_away",
                ca("add", "--config", config, "--transcript", folder / "t2", *TABLE))
        few = [word for share in shares[:2] for word in ("--share", share)]
        refused("nor with two of them", 65, "shares_too_few",
                ca("add", "--config", config, *few, "--transcript", folder / "t2", *TABLE))
        slip = folder / "slip.yaml"
        slip.write_text(shares[2].read_text().replace("share: 3", "share: 4"))
        refused("a slip is found", 65, "share_mistyped",
                ca("add", "--config", config, *few, "--share", slip, "--transcript", folder / "t2", *TABLE))
        enough = [word for share in shares[2:] for word in ("--share", share)]
        added = ca("add", "--config", config, *enough, "--transcript", folder / "t2", *TABLE)
        check("three others make ca3", added.returncode == 0 and "ca3" in added.stdout, added.stderr)
        refused("a record is not written over", 77, "output_exists",
                ca("use", "ca3", "--config", config, "--transcript", folder / "t2", *TABLE))
        used = ca("use", "ca3", "--config", config, "--transcript", folder / "t3", *TABLE)
        check("which issues from now on", used.returncode == 0, used.stderr)
        listed = ca("list", "--config", config)
        check("as the list says", re.search(r"^ca3 .*issues now", listed.stdout, re.M) is not None, listed.stdout)
        refused("a name that is none", 66, "issuer_missing",
                ca("use", "ca9", "--config", config, "--transcript", folder / "t4", *TABLE))

        crl = ca("crl", "--config", config, *enough, "--crl-days", 200, "--transcript", folder / "t5", *TABLE)
        check("another list of the root", crl.returncode == 0, crl.stderr)

        check("a refused act leaves no record", not (folder / "t4").exists())
        refused("the next root of one that is kept in shares is kept in shares", 64, "usage_option_missing",
                ca("rollover", "--config", config, *enough, "--transcript", folder / "t6", *TABLE))
        refused("nothing begins that cannot be recorded", 69, "output_unwritable",
                ca("add", "--config", config, *enough, "--transcript", folder / "nowhere" / "t6", *TABLE))

        next_shares = [folder / f"next-{at}.yaml" for at in range(1, 4)]
        outs = [word for share in next_shares for word in ("--share-out", share)]
        rolled = ca("rollover", "--config", config, *enough, *outs, "--needed", 2, "--transcript", folder / "t6", *TABLE)
        check("another root, in shares of its own", rolled.returncode == 0 and "goc2" in rolled.stdout, rolled.stderr)
        added = ca("add", "--config", config, *[word for share in next_shares[:2] for word in ("--share", share)],
                   "--transcript", folder / "t7", *TABLE)
        check("certifies ca4", added.returncode == 0 and "ca4" in added.stdout, added.stderr)

        judge_chains(folder, data)

        soon = ca("crl", "--config", config, *enough, "--root", "goc", "--crl-days", 20, "--transcript", folder / "t8", *TABLE)
        check("a list of the root that ends soon", soon.returncode == 0, soon.stderr)
        health = run("doctor", "--config", config)
        check("is told ahead of its end", re.search(r"WARN .*expiry goc\.crl: until", health.stdout) is not None, health.stdout)
        check("the folder is whole", health.returncode == 0, health.stdout + health.stderr)
    checks.finish()


def field(share, name):
    return re.search(rf'^{name}: "?([^"\n]*)', share.read_text(), re.M).group(1)


def raw_shares(folder, shares):
    """Files as gfcombine wants them: the number is the suffix."""
    files = []
    for share in shares:
        file = folder / f"raw.{int(field(share, 'share')):03}"
        file.write_bytes(bytes.fromhex(field(share, "value").replace(" ", "")))
        files.append(file)
    return files


def private_key(folder, share, key):
    """The scalar of the P-256 key in the AES-256-GCM box of a share, opened by another library than ours; None when it does not open."""
    import base64
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import load_der_private_key
    text = share.read_text()
    box = base64.b64decode(re.search(r"sealed-key: >-\n((?:  .*\n)+)", text).group(1).replace("\n", "").replace(" ", ""))
    subject = re.search(r'^subject: "(.*)"$', text, re.M).group(1).encode().decode()
    binding = "\n".join(["congvan key share", field(share, "split"), field(share, "authority"), subject,
                         field(share, "public-key-sha256"), f"{field(share, 'needed')} of {field(share, 'of')}", ""])
    plain = AESGCM(key).decrypt(box[:12], box[12:], binding.encode())
    return load_der_private_key(plain, None).private_numbers().private_value.to_bytes(32, "big")


def judge_chains(folder, data):
    """Who trusts one root believes what stands under the other, by the cross-certificates alone."""
    names = {}
    for kind, der in certificates(data / "db" / "congvan.sqlite"):
        if kind not in ("root", "issuing", "cross"):
            continue
        file = folder / f"{kind}-{len(names)}.pem"
        (folder / "one.der").write_bytes(der)
        openssl("x509", "-inform", "DER", "-in", folder / "one.der", "-out", file)
        names[file.name] = file
    roots = [file for name, file in names.items() if name.startswith("root")]
    issuing = [file for name, file in names.items() if name.startswith("issuing")]
    crosses = folder / "crosses.pem"
    crosses.write_text("".join(file.read_text() for name, file in names.items() if name.startswith("cross")))
    check("two roots, four issuing authorities, two cross-certificates",
          (len(roots), len(issuing), crosses.read_text().count("BEGIN")) == (2, 4, 2), str(names))
    for root in roots:
        for one in issuing:
            done = openssl("verify", "-x509_strict", "-CAfile", root, "-untrusted", crosses, one)
            check(f"{root.name} leads to {one.name}", done.returncode == 0, done.stderr)
    anchors = (data / "root.pem").read_text().count("BEGIN CERTIFICATE")
    check("root.pem has both", anchors == 2, str(anchors))


main()
