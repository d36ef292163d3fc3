#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No password and no PIN stays in the memory of the service: all of it is searched once they were used.

usage: secrets_in_memory.py CONGVAN
"""
import http.client, ssl, sys, tempfile, threading, time

from checks import check, finish
from province import PASSWORD, Client, Service, approve, made

# Long, because the heap writes over the beginning of what is freed; with and without letters that have marks.
PASSWORDS = ["".join(f"{word}-{number}-" for number in range(4710, 4722)) for word in ("rieng", "riêng-bí-ẩn")]
NEW_PASSWORDS = ["".join(f"{word}-{number}-" for number in range(5610, 5622)) for word in ("thay", "thay-bí-ẩn")]
WRONG = "".join(f"sai-{number}-" for number in range(3316, 3336))
WRONG_BEFORE = "".join(f"nhầm-{number}-" for number in range(7716, 7736))
PIN, WRONG_PIN = ("".join(f"{word}-{number}-" for number in range(4418, 4424)) for word in ("pin", "sai-pin"))


def memory_of(process):
    """What the process can write to, piece by piece."""
    with open(f"/proc/{process.pid}/maps") as maps, open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
        for line in maps:
            start, end = (int(place, 16) for place in line.split()[0].split("-"))
            if " rw" not in line or "[v" in line:
                continue
            memory.seek(start)
            yield memory.read(end - start)


def found_in(memory, secrets):
    return [part for part in secrets if part.encode() in memory]


def search(service):
    wire = http.client.HTTPSConnection("127.0.0.1", service.app, context=ssl._create_unverified_context(), timeout=60)
    wire.request("GET", "/openapi.json", headers={"X-Later": "while-it-stands-6642"})
    wire.getresponse().read()
    check(any(b"while-it-stands-6642" in piece for piece in memory_of(service.process)), "the search finds what a connection that stands last said")
    wire.close()
    secrets = [secret[at : at + 12] for secret in [*PASSWORDS, *NEW_PASSWORDS, WRONG, WRONG_BEFORE, PIN, WRONG_PIN] for at in range(0, len(secret) - 12, 16)]
    until = time.time() + 20  # connections end when their threads see that the other side is gone
    while found := found_in(b"\0".join(memory_of(service.process)), secrets):
        if time.time() > until:
            break
        threading.Event().wait(0.2)
    check(not found, f"in the memory of the service stand {found}")


with tempfile.TemporaryDirectory() as folder:
    service = Service(sys.argv[1], folder + "/data")
    service.start()
    try:
        admin = Client(service, "admin")
        top = made(admin.send("GET", "/api/v1/agencies"))[0]["items"][0]["id"]
        clients = {"admin": admin, **{login: Client(service, login) for login in ("vanthu", "duyet")}}
        for login, role in (("vanthu", "clerk"), ("duyet", "certificate-officer")):
            person = made(admin.send("POST", "/api/v1/people", {"name": login, "login": login, "password": PASSWORD}))[0]["id"]
            made(admin.send("POST", "/api/v1/posts", {"agency": top, "title": login, "holder": person,
                                                      "grants": [{"role": role, "over": top}]}))
        for login, password, new in zip(("an", "binh"), PASSWORDS, NEW_PASSWORDS):
            person = made(admin.send("POST", "/api/v1/people", {"name": login, "login": login, "password": password}))[0]["id"]
            made(admin.send("POST", "/api/v1/posts", {"agency": top, "title": "Chủ tịch", "holder": person,
                                                      "grants": [{"role": "leader", "over": top}]}))
            check(Client(service, login, WRONG).sign_in() == 401, "a wrong password")
            order = approve(clients.get, "vanthu", kind="person", agency=top, person=person)["order"]
            own = Client(service, login, password)
            path = f"/api/v1/certificate-orders/{order}/activate"
            check(own.send("POST", path, {"pin": WRONG_PIN, "more": 1})[0] == 400, "a member too many")
            made(own.send("POST", path, {"pin": PIN}))
            path = "/api/v1/session/password"
            check(own.send("POST", path, {"before": password, "after": new, "more": 1})[0] == 400, "a member too many")
            check(own.send("POST", path, {"before": WRONG_BEFORE, "after": new})[2]["code"] == "password_wrong", "a wrong password before")
            made(own.send("POST", path, {"before": password, "after": new}))
            check(Client(service, login, new).sign_in() == 200, "the new password")
        search(service)
    finally:
        service.stop()
finish()
