#!/usr/bin/env python3
"""Runs the benchmark programs of a build folder and prints their ratios as a Markdown table.

ratios.py BUILD_DIR [--repetitions N] [--min-time S] [--only WORD] [--json FILE]

Only ratios taken in one run mean something on another machine. The repetitions of all benchmarks of
a program are shuffled, so that a noisy minute meets both sides of a ratio. `median` divides the
medians, `best` the fastest repetitions: where they differ much, the machine was busy.
"""
import argparse, json, os, pathlib, platform, re, statistics, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "e2e"))
PROGRAMS = ["signing_bench", "verify_bench", "tlog_bench", "exchange_bench", "ocsp_bench", "crl_bench", "token_bench"]
SHA, SHA_SIGNED = "raw/sha256/50MB", "raw/sha256/50MB-signed"

# (what, above the line, below the line, bar of DESIGN section 5 or none)
RATIOS = [
    ("sign 100 KB, RSA-3072 : raw key operation", "work/sign/100KB/RSA-3072", "raw/sign/RSA-3072", ("<=", 1.3)),
    ("sign 100 KB with a visible mark, RSA-3072 : raw key operation", "work/sign-visible/100KB/RSA-3072",
     "raw/sign/RSA-3072", ("<=", 1.3)),
    ("sign 100 KB, P-256 : raw key operation", "work/sign/100KB/P-256", "raw/sign/P-256", None),
    ("sign 50 MB, P-256 : SHA-256 over it", "work/sign/50MB/P-256", SHA, ("<=", 1.2)),
    ("verify 50 MB : SHA-256 over it", "work/verify/50MB", SHA_SIGNED, ("<=", 1.2)),
    ("verify 2 MB with 3 signatures, in process : SHA-256 over it", "work/verify/2MB", "raw/sha256/2MB-signed", None),
    ("verify 50 signatures : 1 signature", "work/verify/signatures/50", "work/verify/signatures/1", ("<=", 60)),
    ("pdfsig -nocert : congvan verify, whole judgement (3 signatures, 2 MB, processes)", "raw/pdfsig",
     "work/verify-process/full", (">=", 3)),
    ("pdfsig -nocert : congvan verify --checks integrity (the same)", "raw/pdfsig",
     "work/verify-process/integrity", (">=", 3)),
    ("path of 3 certificates : its 2 signature checks", "work/path/no-revocation", "raw/path/2-checks", ("<=", 1.5)),
    ("the same with 2 CRLs : 2 signature checks (4 are needed)", "work/path/crls", "raw/path/2-checks", None),
    ("CRL of 10,000 entries made : hashed twice, signed, checked", "work/crl-make/10000", "raw/crl-make/10000", None),
    ("raw P-256 operation : OCSP answer with nonce, bytes to bytes", "raw/ocsp-key/P-256", "work/ocsp-answer/P-256", (">=", 0.45)),
    ("raw RSA-2048 operation : the same", "raw/ocsp-key/RSA-2048", "work/ocsp-answer/RSA-2048", (">=", 0.9)),
    ("raw P-256 operation : OCSP with nonce, status from SQLite", "raw/ocsp-key/P-256", "work/ocsp-fresh/SQLite", None),
    ("the same, MariaDB", "raw/ocsp-key/P-256", "work/ocsp-fresh/MariaDB", None),
    ("raw P-256 operation : OCSP from memory, version from SQLite", "raw/ocsp-key/P-256", "work/ocsp-kept/SQLite", None),
    ("the same, MariaDB", "raw/ocsp-key/P-256", "work/ocsp-kept/MariaDB", None),
    ("plain HTTP : cached OCSP by GET, 16 askers, SQLite", "raw/http", "work/http-ocsp-get/SQLite", (">=", 0.7)),
    ("plain HTTP : the same by POST", "raw/http", "work/http-ocsp-post/SQLite", (">=", 0.7)),
    ("raw P-256 operation : time-stamp, bytes to bytes", "raw/ocsp-key/P-256", "work/tsa-answer/P-256", None),
    ("raw RSA-2048 operation : the same", "raw/ocsp-key/RSA-2048", "work/tsa-answer/RSA-2048", None),
    ("plain HTTP : time-stamp by POST, P-256, 16 askers", "raw/http", "work/http-tsa", None),
    ("token (SoftHSM2), P-256: signature through the signer process : in process through the module", "work/token/P-256", "raw/token/P-256", None),
    ("the same, RSA-3072", "work/token/RSA-3072", "raw/token/RSA-3072", None),
    ("plain HTTP : cached OCSP by GET, SQLite, by the wall clock", "raw/http-wall", "work/http-ocsp-wall/SQLite", None),
    ("plain HTTP : cached OCSP by GET, MariaDB, by the wall clock", "raw/http-wall", "work/http-ocsp-wall/MariaDB", (">=", 0.7)),
]
# (what, benchmark, `rate` per second or `ms`, bar)
FIGURES = [
    ("log: durable append, batches of 4,096 (leaves/s)", "sequenceDurably/4096", "rate", (">=", 5000)),
    ("log: durable append, one at a time (leaves/s)", "sequenceDurably/1", "rate", None),
    ("log: one small durable file, for comparison (ms)", "syncOneSmallFile", "ms", None),
    ("log: proof among 10 million leaves (ms)", "proveAmongTenMillion", "ms", ("<=", 1)),
    ("CRL of 10,000 entries made (ms)", "work/crl-make/10000", "ms", None),
    ("CRL of 10,000 entries parsed (ms)", "work/crl-parse/10000", "ms", None),
    ("deliveries to 50 agencies, all read back, SQLite (deliveries/s)", "deliver/SQLite", "rate", (">=", 50)),
    ("the same, MariaDB (deliveries/s)", "deliver/MariaDB", "rate", (">=", 50)),
]
# (what, work, raw, bar in ms): what is left of the time after the part that nobody can save
OWN_WORK = [
    ("own work of signing 100 KB, RSA-3072 (ms)", "work/sign/100KB/RSA-3072", "raw/sign/RSA-3072", 0.5),
    ("own work of signing 100 KB with a visible mark, P-256 (ms)", "work/sign-visible/100KB/P-256",
     "raw/sign/P-256", 0.5),
]
UNITS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}


def run(program, arguments):
    """Times in ms and rates of every repetition, by name without `/real_time`."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [str(program), "--benchmark_enable_random_interleaving=true",
                   f"--benchmark_repetitions={arguments.repetitions}", f"--benchmark_min_time={arguments.min_time}",
                   "--benchmark_out_format=json", f"--benchmark_out={out.name}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = {}
        for row in json.loads(pathlib.Path(out.name).read_text())["benchmarks"]:
            if row["run_type"] != "iteration":
                continue
            if row.get("error_occurred"):
                print(f"not measured: {row['name']}: {row['error_message']}", file=sys.stderr)
                continue
            name = re.split("/(?:real_time|process_time|threads:)", row["run_name"])[0]
            kept = found.setdefault(name, {"ms": [], "rate": []})
            real = "/real_time" in row["run_name"]
            kept["ms"].append(row["real_time" if real else "cpu_time"] * UNITS[row["time_unit"]])
            kept["rate"].append(row.get("items_per_second", 0.0))
        return found


def verdict(value, bar):
    if bar is None:
        return "", ""
    good = value <= bar[1] if bar[0] == "<=" else value >= bar[1]
    return f"{'≤' if bar[0] == '<=' else '≥'} {bar[1]:g}", "yes" if good else "**no**"


def table(found):
    rows = [("measured", "median", "best", "bar", "met")]
    for what, above, below, bar in RATIOS:
        if above in found and below in found:
            a, b = found[above]["ms"], found[below]["ms"]
            ratio = statistics.median(a) / statistics.median(b)
            rows.append((what, f"{ratio:.2f}", f"{min(a) / min(b):.2f}", *verdict(ratio, bar)))
    for what, work, raw, bar in OWN_WORK:
        if work in found and raw in found:
            a, b = found[work]["ms"], found[raw]["ms"]
            left = statistics.median(a) - statistics.median(b)
            rows.append((what, f"{left:.2f}", f"{min(a) - min(b):.2f}", *verdict(left, ("<=", bar))))
    for what, name, kind, bar in FIGURES:
        if name in found:
            values = found[name][kind]
            median, best = statistics.median(values), (max if kind == "rate" else min)(values)
            form = "{:,.0f}" if kind == "rate" else "{:.3f}"
            rows.append((what, form.format(median), form.format(best), *verdict(median, bar)))
    return rows


def memory(build):
    """Peak memory of `congvan verify` beyond the file itself, for two sizes."""
    import make_signed_pdf
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem "
                       "-days 30 -subj /CN=bench 2>/dev/null", shell=True, cwd=folder, check=True)
        base, cross_references = make_signed_pdf.unsigned(b"x")
        for megabytes in (50, 200):
            plain = folder / f"{megabytes}.pdf"
            with plain.open("wb") as file:  # comments, which every reader passes over
                file.write(base)
                for _ in range(megabytes * 250):  # in pieces: a child's peak counts from ours
                    file.write(b"%" + b"x" * 3998 + b"\n")
                file.write(b"startxref\n%d\n%%%%EOF\n" % cross_references)
            for command in (["sign", plain, "--cert", folder / "s.pem", "--key", folder / "s.key", "--out",
                             folder / "signed.pdf"], ["verify", folder / "signed.pdf", "--checks", "integrity"]):
                child = subprocess.Popen([build / "src/app/congvan", *command], stdout=subprocess.DEVNULL)
                _, status, used = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                beyond = used.ru_maxrss / 1024 - plain.stat().st_size / 2**20
                yield (f"memory of {command[0]} {megabytes} MB beyond the file (MiB, exit {child.returncode})",
                       f"{beyond:.0f}", "", *verdict(beyond, ("<=", 64)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--min-time", type=float, default=0.1)
    parser.add_argument("--only", default="", help="programs whose name has this word")
    parser.add_argument("--json", type=pathlib.Path, help="keep every repetition here")
    arguments = parser.parse_args()
    before = os.getloadavg()
    found = {}
    for program in PROGRAMS:
        if arguments.only in program:
            print(f"running {program}", file=sys.stderr)
            try:
                found |= run(arguments.build / "tests/bench" / program, arguments)
            except (OSError, subprocess.CalledProcessError) as failed:  # the other programs still count
                print(f"not measured: {failed}", file=sys.stderr)
    rows = table(found)
    if arguments.only in "memory":
        rows += memory(arguments.build)
    for number, row in enumerate(rows):
        print("| " + " | ".join(row) + " |")
        if number == 0:
            print("|---|---:|---:|---:|---|")
    after = os.getloadavg()
    print(f"\n{platform.machine()}, {os.cpu_count()} cores; load {before[0]:.1f} before, {after[0]:.1f} after; "
          f"{arguments.repetitions} repetitions")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1))


main()
