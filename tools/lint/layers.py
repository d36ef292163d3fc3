#!/usr/bin/env python3
"""Checks that every #include, and every header seen through others, obeys the house: a floor uses only floors below,
and inside a floor only the rooms that the table allows. Prints each breach and closes with a count."""
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
# What a room hands on in its own public headers may be named by those who use that room: a verdict is made of values
# of validation and evidence; whoever asks for a signature names the key and the format it wants.
HANDED_ON = {"verify": "validation evidence pki crypto", "signing": "pades cades timestamp pki crypto", "report": "validation evidence"}
# Includes that may show more than those who see them through others may use, because a value is made of what it shows.
INHERENT = {
    ("trust/formats/pades/prepare_fields.h", "trust/pdf/drawing.h"):
        "an appearance keeps its drawing as it was parsed, once for many signatures",
}
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


def includes(file):
    """What a file of src/ includes of ours, by line."""
    found = []
    for number, line in enumerate((ROOT / "src" / file).read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if include:
            found.append((number, include[1]))
    return found


def chains(file):
    """Every header that a file sees, nearest first, each with the way there: [file, header, ..., header]."""
    ways = {target: [file, target] for _, target in GRAPH[file]}
    queue = list(ways)
    for header in queue:
        for _, target in GRAPH.get(header, ()):
            if target not in ways and (header, target) not in INHERENT:
                ways[target] = ways[header] + [target]
                queue.append(target)
    return ways


GRAPH = {}
for path in sorted((ROOT / "src").rglob("*")):
    if path.suffix in (".h", ".cpp"):
        file = path.relative_to(ROOT / "src").as_posix()
        GRAPH[file] = includes(file)

checked, breaches = 0, []
for file, direct in GRAPH.items():
    source = room(file)
    named = set()
    for number, target in direct:
        checked += 1
        if target not in GRAPH and not target.startswith(("base/", "trust/", "office/", "edge/", "app/")):
            breaches.append(f"src/{file}:{number}: include from src/: {target}")
        elif not allowed(source, room(target)):
            named.add(room(target))
            breaches.append(f"src/{file}:{number}: {'/'.join(source)} may not use {'/'.join(room(target))}")
    # Through the headers of others: whoever includes a header may name what it brings, so a header brings only
    # what those who use its room may use. Once a room and file, by the shortest way.
    for target, way in chains(file).items():
        if allowed(source, room(target)) or room(target) in named:
            continue
        named.add(room(target))
        breaches.append(f"src/{file}: {'/'.join(source)} sees {'/'.join(room(target))}: {' > '.join(way)}")
for source, target in INHERENT:
    if target not in [each for _, each in GRAPH.get(source, ())]:
        breaches.append(f"src/{source} does not include {target} any more: take it off INHERENT")
print("\n".join(breaches))
print(f"{checked - len(breaches)} passed, {len(breaches)} failed, 0 skipped")
sys.exit(bool(breaches) or not checked)
