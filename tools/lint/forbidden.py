#!/usr/bin/env python3
"""Rules that a compiler does not know, one row each: pattern, where it counts, where it may stand, why."""
import pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = [
    (r"(->|\.)(commit|rollback|setAutoCommit)\s*\(", "src/edge/storage/mysql", (), "Connector/C++ swallows the error; use SQL text"),
    (r"catch\s*\(\s*\.\.\.\s*\)", "src", ("src/app/program.cpp", "src/edge/http/dispatch", "src/app/job"), "only the three roots catch everything"),
    (r"catch[^{]*\{\s*\}", "src", (), "no empty catch"),
    (r"using namespace", "src", (), "names are spelled out"),
    (r"X509_STORE", "src/office", (), "validatePath is the only way in"),
    (r"#include <(openssl|qpdf)/", "src/office", (), "the office floor calls no library of the trust floor"),
    (r"#include <(Poco|sqlite3|cppconn|spdlog)", "src/trust", (), "trust has no network, files, database or log"),
    (r"#include <(Poco|sqlite3|cppconn|spdlog)", "src/office", (), "the office has no HTTP, SQL or log"),
    (r"std::chrono::system_clock::now|time\(nullptr\)", "src/trust", (), "trust has no clock"),
    (r"std::chrono::system_clock::now|time\(nullptr\)", "src/office", (), "the clock is a parameter"),
    (r"std::(fstream|ifstream|ofstream)|fopen\(", "src/trust", (), "trust opens no files"),
    (r"sleep_for|usleep\(|\bsleep\(", "tests", (), "await a condition instead"),
    (r"DISABLED_", "tests", (), "a test that is off is not a test"),
]
failed, checked = [], 0
files = [f for top in ("src", "tests") for f in sorted((ROOT / top).rglob("*")) if f.suffix in (".h", ".cpp")]
for pattern, where, but, why in RULES:
    checked += 1
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        if not name.startswith(where) or name.startswith(tuple(but) or ("\0",)):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if re.search(pattern, line.split("//")[0]):
                failed.append(f"{name}:{number}: {why}")
for file in files:
    checked += 1
    if not file.read_text().startswith("// SPDX-License-Identifier: Apache-2.0"):
        failed.append(f"{file.relative_to(ROOT)}: first line is the licence")
print("\n".join(failed))
print(f"{max(checked - len(failed), 0)} passed, {len(failed)} failed, 0 skipped")
sys.exit(bool(failed))
