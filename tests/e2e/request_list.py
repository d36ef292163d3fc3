#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A list of people whose requests are entered by a job: the service is killed while it is at it, and every line comes out once."""
import json
import random
import shutil
import sys
import tempfile
import threading
import time

from checks import check, finish
from province import PASSWORD, Office, Service, made, settle

PROGRAM, PEOPLE, KILLS = sys.argv[1], 30, 2
LISTS = "/api/v1/certificate-request-lists"


def hand_over(clerk, agency, csv):
    """The clerk's list; bodies of uploads are bytes."""
    return clerk.send("POST", f"{LISTS}?agency={agency}&documentNumber=31%2FCV&documentDate=2025-01-06", csv)


def wait(clerk, path):
    until = time.time() + 120  # the lease of a dead worker is a minute
    while time.time() < until:
        now = made(clerk.send("GET", path))[0]
        if now["waiting"] == 0:
            return now
        threading.Event().wait(0.1)
    raise RuntimeError(f"still waiting: {now}")


def main(service):
    service.start()
    office = Office(service)
    agencies, _, _ = settle(office.as_)
    admin, clerk = office.as_("admin"), office.as_("vanthuso")
    lines = ["stt;họ và tên;thư điện tử"]
    for number in range(PEOPLE):
        email = f"canbo{number}@stn.example.vn"
        person = made(admin.send("POST", "/api/v1/people", {"name": f"Cán bộ {number}", "email": email, "login": f"canbo{number}",
                                                           "password": PASSWORD}))[0]["id"]
        made(admin.send("POST", "/api/v1/posts", {"agency": agencies["so"], "title": "Chuyên viên", "holder": person, "grants": []}))
        lines.append(f"{number};Cán bộ {number};{email}")
    lines.append("99;Không ai;khong.ai@stn.example.vn")
    csv = b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n"

    before = len(made(office.as_("duyet").send("GET", "/api/v1/certificate-requests?limit=200"))[0]["items"])
    entered = made(hand_over(clerk, agencies["so"], csv))[0]
    check(entered["total"] == PEOPLE + 1 and entered["refused"] == 1, f"one line is about nobody {entered}")
    for _ in range(KILLS):
        threading.Event().wait(random.uniform(0.2, 1.2))  # the job begins within a second
        service.kill()
        service.start()
    done = wait(clerk, f"{LISTS}/{entered['id']}")
    check(done["entered"] == PEOPLE, f"every other line has its request {json.dumps(done, ensure_ascii=False)[:400]}")
    check(len({row["request"] for row in done["rows"]} - {None}) == PEOPLE, "each its own")
    after = len(made(office.as_("duyet").send("GET", "/api/v1/certificate-requests?limit=200"))[0]["items"])
    check(after - before == PEOPLE, f"and there are no more: {after - before}")
    refused = [row for row in done["rows"] if row["state"] == "refused"]
    check(len(refused) == 1 and refused[0]["line"] == PEOPLE + 2 and refused[0]["code"] == "request_list_person_unknown" and
          refused[0]["vi"] and refused[0]["en"] and refused[0]["vi"] != refused[0]["en"], f"the refused line says why {refused}")
    status, _, problem = hand_over(clerk, agencies["so"], b"email\n\xe0\xe1\n")
    check(status == 400 and problem["code"] == "csv_not_utf8", f"another encoding {problem}")
    check(hand_over(clerk, agencies["top"], csv)[0] == 403, "not for another agency")


folder = tempfile.mkdtemp()
service = Service(PROGRAM, f"{folder}/province")
try:
    main(service)
finally:
    if service.process is not None and service.process.poll() is None:
        service.process.kill()
        service.process.wait()
    shutil.rmtree(folder)
finish()
