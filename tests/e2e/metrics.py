#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`/metrics` of a running service, read by Prometheus' own parser: what is counted, what is not told, and who may ask.

usage: metrics.py CONGVAN
"""
import http.client, json, re, sqlite3, ssl, subprocess, sys, tempfile, threading, time, uuid

from checks import check, finish
from province import Service

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    print("skipped: python3-prometheus-client is not installed\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def ask(port, method, path, body=None, tls=False):
    wire = http.client.HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context(), timeout=60) if tls \
        else http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wire.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = wire.getresponse()
    data = answer.read().decode(errors="replace")
    wire.close()
    return answer, data


def measured(service):
    """Every sample by name and labels."""
    answer, text = ask(service.internal, "GET", "/metrics")
    check(answer.status == 200, f"/metrics answers {answer.status}")
    check(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", answer.headers["Content-Type"])
    families = list(text_string_to_metric_families(text))
    check(len({family.name for family in families}) == len(families), "a family stands in one piece")
    for family in families:
        check(family.documentation and family.type in ("counter", "gauge", "histogram"), f"{family.name} has a type and a sentence")
        check(all(sample.name.startswith(family.name) for sample in family.samples), f"{family.name} holds its own samples")
    return text, {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


def value(samples, name, **labels):
    return samples.get((name, tuple(sorted(labels.items()))), 0)


def put_jobs(folder):
    """What the service finds when it starts: one given up, and of those that are done one of last month."""
    day = 86_400_000_000
    with sqlite3.connect(f"{folder}/db/congvan.sqlite") as database:
        for state, due in (("failed", time.time() * 1e6), ("done", time.time() * 1e6 - day), ("done", time.time() * 1e6 - 31 * day)):
            database.execute("INSERT INTO jobs (id, kind, payload, state, done, failed, total, attempts, cancel_asked, last_error, due, created) "
                             "VALUES (?, 'no-such-work', '{}', ?, 0, 0, 1, 7, 0, 'tsa_unavailable', ?, ?)",
                             (uuid.uuid4().bytes, state, int(due), int(due)))
    database.close()


def jobs(service):
    counted = {}
    for _ in range(120):  # the sweep and the count each have a turn of their own
        _, samples = measured(service)
        counted = {state: value(samples, "congvan_jobs", state=state) for state in ("waiting", "running", "done", "failed", "cancelled")}
        if counted["done"] == 1:
            break
        threading.Event().wait(0.25)
    check(counted == {"waiting": 0, "running": 0, "done": 1, "failed": 1, "cancelled": 0}, f"jobs by state, the old one swept: {counted}")
    doctor = subprocess.run([sys.argv[1], "doctor", "--config", f"{service.folder}/congvan.yaml"], capture_output=True, text=True)
    check(doctor.returncode == 0 and "no-such-work given up after 7 runs: tsa_unavailable" in doctor.stdout, f"the doctor lists it: {doctor.stdout}")


with tempfile.TemporaryDirectory() as temporary:
    service = Service(sys.argv[1], temporary + "/data")
    put_jobs(service.folder)
    service.start()
    try:
        _, before = measured(service)
        login = {"login": "ten.dang.nhap.bi.mat", "password": "mat-khau-bi-mat"}
        for _ in range(3):
            ask(service.app, "POST", "/api/v1/session", json.dumps(login), tls=True)
        ask(service.app, "POST", "/api/v1/session", b" " * 5000, tls=True)
        document = uuid.uuid4()
        for path in (f"/api/v1/documents/{document}?q=tim-kiem-bi-mat", "/api/v1/khong-co/bi-mat"):
            ask(service.app, "GET", path, tls=True)
        ask(service.pki, "GET", "/pki/goc.crt")
        grown = lambda name, **labels: value(after, name, **labels) - value(before, name, **labels)
        for _ in range(200):  # a request is counted when its answer is out, which its asker may see first
            text, after = measured(service)
            if sum(grown(*name_and_labels[:1], **dict(name_and_labels[1])) for name_and_labels in after
                   if name_and_labels[0] == "congvan_http_requests_total" and ("listener", "private") not in name_and_labels[1]) >= 7:
                break
        session = {"listener": "app", "method": "POST", "route": "/api/v1/session"}
        check(grown("congvan_http_requests_total", status="4xx", **session) == 4, "requests by route and class")
        check(grown("congvan_http_request_duration_seconds_count", **session) == 4, "each has its time")
        check(value(after, "congvan_http_request_duration_seconds_bucket", le="+Inf", **session) == 4, "the last bucket holds all")
        check(grown("congvan_http_refusals_total", listener="app", reason="sign_in_failed") == 3, "wrong passwords")
        check(grown("congvan_http_refusals_total", listener="app", reason="body_too_large") == 1, "bodies refused")
        check(grown("congvan_http_requests_total", listener="app", method="GET", route="/api/v1/documents/{id}", status="4xx") == 1, "by template")
        check(grown("congvan_http_requests_total", listener="app", method="any", route="none", status="4xx") == 1, "no route")
        check(grown("congvan_http_requests_total", listener="pki", method="GET", route="/pki/{file}", status="2xx") == 1, "the other listener")
        check(grown("congvan_http_connections_total", listener="app") == 6, "connections")
        # Each of the three wrong passwords is counted in a transaction of its own.
        check(grown("congvan_db_transactions_total", access="write") >= 3, "transactions")
        check(value(after, "congvan_log_leaves", log="issuance") >= 6, "leaves of the issuance log")
        check(0 <= value(after, "congvan_log_checkpoint_age_seconds", log="issuance") < 300, "age of its checkpoint")
        check(value(after, "congvan_log_stopped", log="records") == 0, "the log goes on")
        check(0 < value(before, "congvan_uptime_seconds") < value(after, "congvan_uptime_seconds") < 300, "uptime")
        check(re.search(r'congvan_build_info\{version="\d+\.\d+\.\d+"\} 1\n', text), "version")
        for told in ("bi.mat", "bi-mat", str(document), "127.0.0.1"):
            check(told not in text, f"it tells {told}")
        jobs(service)
        answer, text = ask(service.app, "GET", "/metrics", tls=True)
        check("congvan_http" not in text, "the application listener has no measurements")
        answer, text = ask(service.pki, "GET", "/metrics")
        check(answer.status == 404 and "congvan_http" not in text, "the PKI listener has none either")
    finally:
        service.stop()
finish()
