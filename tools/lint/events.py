#!/usr/bin/env python3
"""The audit events of the program are those of src/office/audit/events.md, and each is recorded or said to be reserved."""
import pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
made = {name: kind for kind, name in re.findall(r"EventKind::(\w+), \"([a-z.-]+)\"", (ROOT / "src/office/audit/event.cpp").read_text())}
listed = {name: when for name, when in re.findall(r"^\| ([a-z]+\.[a-z-]+) \| ([^|]+) \|", (ROOT / "src/office/audit/events.md").read_text(), re.M)}
source = "".join(file.read_text() for file in sorted((ROOT / "src").rglob("*.cpp")) if file.parent.name != "audit")
failed = [f"events.md lacks {name}" for name in sorted(made.keys() - listed.keys())]
failed += [f"the program has no {name}" for name in sorted(listed.keys() - made.keys())]
for name in sorted(made.keys() & listed.keys()):
    recorded = re.search(r"EventKind::" + made[name] + r"\b", source) is not None
    if recorded == listed[name].startswith("reserved"):
        failed.append(f"{name}: {'is recorded' if recorded else 'is recorded nowhere'}")
print("\n".join(failed))
print(f"{len(made) + len(listed) - len(failed)} passed, {len(failed)} failed, 0 skipped")
sys.exit(bool(failed) or not made)
