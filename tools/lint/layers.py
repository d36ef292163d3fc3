#!/usr/bin/env python3
"""Checks that every #include obeys the house: a floor uses only floors below, and inside a floor only the rooms
that the table allows. Prints each breach and closes with a count."""
import pathlib, re, sys

ROOT = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
FORMATS = {"timestamp": "crypto pki evidence", "cades": "crypto pki evidence timestamp",
           "xades": "crypto pki evidence xml timestamp", "pades": "crypto pki evidence timestamp pdf cades",
           "asic": "crypto pki evidence timestamp zip xml cades xades"}
TRUST = {"crypto": "", "xml": "", "zip": "", "pdf": "", "pki": "crypto", "evidence": "pki crypto", **FORMATS,
         "validation": "crypto pki evidence", "trustlist": "xml pki crypto evidence xades validation",
         "report": "xml evidence validation pki crypto", "tlog": "crypto"}
TRUST["verify"] = " ".join(TRUST)
OFFICE = {"work": "", "audit": "crypto tlog", "directory": "crypto audit", "notices": "audit directory",
          "authority": "crypto zip xml pki evidence cades timestamp tlog audit directory notices",
          "signing": " ".join(TRUST) + " audit directory notices authority",
          "exchange": "xml zip asic verify audit directory notices signing",
          "records": "xml zip asic verify report audit directory notices signing exchange"}
OFFICE["dossiers"] = OFFICE["records"] + " records"
OFFICE["reports"] = " ".join(OFFICE)
# What a room hands on in its own public headers may be named by those who use that room.
HANDED_ON = {"verify": "validation evidence pki crypto", "signing": "pades cades timestamp pki crypto", "report": "validation evidence"}
EDGES = {"http", "storage", "fetch", "pkcs11", "remote", "mail", "print", "extract"}


def room(path):
    parts = path.split("/")
    if parts[0] == "base":
        return ("base", "base")
    if parts[0] == "app":
        return ("app", "app")
    if parts[0] == "trust" and parts[1] == "formats":
        return ("trust", parts[2])
    return (parts[0], parts[1]) if len(parts) > 1 else (parts[0], "")


def allowed(source, target):
    (floor, name), (to_floor, to_name) = source, target
    if target == source or to_floor == "base" or floor == "app":
        return True
    if floor == "trust":
        return to_floor == "trust" and to_name in TRUST[name].split()
    if floor == "office":
        may = OFFICE[name].split() + (["work"] if name != "work" else [])
        may += [more for one in may for more in HANDED_ON.get(one, "").split()]
        return to_floor in ("trust", "office") and to_name in may
    if floor == "edge":
        return to_floor in ("trust", "office")
    return False


checked, breaches = 0, []
for file in sorted((ROOT / "src").rglob("*")):
    if file.suffix not in (".h", ".cpp"):
        continue
    source = room(file.relative_to(ROOT / "src").as_posix())
    for number, line in enumerate(file.read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not include:
            continue
        checked += 1
        target = include[1]
        if not (ROOT / "src" / target).exists() and not target.startswith(("base/", "trust/", "office/", "edge/", "app/")):
            breaches.append(f"{file.relative_to(ROOT)}:{number}: include from src/: {target}")
        elif not allowed(source, room(target)):
            breaches.append(f"{file.relative_to(ROOT)}:{number}: {'/'.join(source)} may not use {'/'.join(room(target))}")
print("\n".join(breaches))
print(f"{checked - len(breaches)} passed, {len(breaches)} failed, 0 skipped")
sys.exit(bool(breaches) or not checked)
