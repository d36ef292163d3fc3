#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A new TLS certificate is shown while the service runs, and nobody is cut off for it: one that the service makes because the
old one nears its end, and one that somebody puts in its place.

usage: tls_renewal.py CONGVAN LATER_CLOCK
"""
import datetime, http.client, os, pathlib, ssl, struct, subprocess, sys, tempfile, threading, time

from checks import check, failures, finish
from province import Service

congvan, later_clock = sys.argv[1:3]
DAY = 86400


class Connection:
    """One that stands: it never connects again by itself."""

    def __init__(self, service):
        self.wire = http.client.HTTPSConnection("127.0.0.1", service.app, context=ssl._create_unverified_context(), timeout=60)
        self.wire.connect()
        self.wire.auto_open = 0
        self.certificate = self.wire.sock.getpeercert(binary_form=True)

    def is_served(self):
        try:
            self.wire.request("GET", "/openapi.json")
            answer = self.wire.getresponse()
            return answer.status == 200 and len(answer.read()) > 1000
        except (OSError, http.client.HTTPException):
            return False


def shown(service):
    new = Connection(service)
    new.wire.close()
    return new.certificate


def awaited(service, standing, holds, what):
    """Until it holds, the connection that stands is used."""
    until = time.time() + 60
    while time.time() < until:
        check(standing.is_served(), f"{what}: the connection that stood is served")
        if failures or holds():
            break
        threading.Event().wait(0.3)
    check(holds(), what)


def about(der, *options):
    return subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", *options], input=der, capture_output=True, check=True).stdout.decode()


def end_of(der):
    return datetime.datetime.strptime(about(der, "-enddate").strip(), "notAfter=%b %d %H:%M:%S %Y GMT").replace(tzinfo=datetime.timezone.utc)


def near_its_end(service, clock):
    standing = Connection(service)
    before = standing.certificate
    now = datetime.datetime.now(datetime.timezone.utc)
    check(end_of(before) - now < datetime.timedelta(days=398), "the first one lasts 398 days")
    later = 270 * DAY
    clock.write_bytes(struct.pack("q", later))
    awaited(service, standing, lambda: shown(service) != before, "another one is shown when less than a third of the time is left")
    check(end_of(shown(service)) - end_of(before) > datetime.timedelta(days=269), "it lasts 398 days from then")
    judged = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{service.app}", "-CAfile", f"{service.folder}/root.pem", "-verify_ip",
                             "127.0.0.1", "-attime", str(int(time.time()) + later), "-verify_return_error"], input=b"", capture_output=True)
    check(judged.returncode == 0, f"openssl accepts it: {judged.stderr.decode()}")
    return standing


def put_there(service, standing, folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{folder}/key.pem",
                    "-out", f"{folder}/certificate.pem", "-days", "2", "-subj", "/CN=van-thu.vn"], capture_output=True, check=True)
    tls, log = pathlib.Path(service.folder, "tls"), pathlib.Path(service.folder, "service.log")
    before = shown(service)

    def put(name):
        os.replace(f"{folder}/{name}", tls / name)

    put("key.pem")
    awaited(service, standing, lambda: '"tls_files_unusable"' in log.read_text(), "half of a pair is refused, and the log says so")
    check(shown(service) == before, "and the old one is still shown")
    put("certificate.pem")
    awaited(service, standing, lambda: "van-thu.vn" in about(shown(service), "-subject"), "the pair is shown once it is whole")


with tempfile.TemporaryDirectory() as folder:
    clock = pathlib.Path(folder, "clock")
    clock.write_bytes(struct.pack("q", 0))
    service = Service(congvan, folder + "/data", environment=os.environ | {"LD_PRELOAD": later_clock, "CONGVAN_LATER_CLOCK": str(clock)})
    service.start()
    try:
        standing = near_its_end(service, clock)
        put_there(service, standing, folder)
    finally:
        service.stop()
finish()
