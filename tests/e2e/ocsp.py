#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stock `openssl ocsp` and `curl` ask a running service whether certificates are good: by POST and GET, with and without nonce, before and right
after a revocation, a suspension and its release, about unknown ones and other issuers', and with garbage. They trust the root alone.

usage: ocsp.py CONGVAN [mariadb]
"""
import base64, contextlib, email.utils, http.client, pathlib, sqlite3, subprocess, sys, tempfile, time, urllib.parse

from checks import check, finish
from province import MariaDb, Office, Service, approve, made, settle

LIMIT = 16384
TYPE = "application/ocsp-response"


class Asker:
    """A folder with the certificates, and what asks about them."""

    def __init__(self, folder, service):
        self.folder, self.service = folder, service
        self.url = f"http://127.0.0.1:{service.pki}/pki/ocsp"

    def write(self, name, der):
        pathlib.Path(self.folder, name).write_text(
            "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der).decode() + "-----END CERTIFICATE-----\n")

    def run(self, *command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True)
        return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def post(self, *options, issuer="ca1.pem"):
        return self.run("openssl", "ocsp", "-issuer", issuer, "-CAfile", "goc.pem", "-url", self.url, *options)

    def request(self, *options, issuer="ca1.pem"):
        told = self.run("openssl", "ocsp", "-issuer", issuer, *options, "-reqout", "asked.der")
        assert pathlib.Path(self.folder, "asked.der").exists(), told
        return pathlib.Path(self.folder, "asked.der").read_bytes()

    def get(self, request, safe, *options):
        """The answer to GET, as curl has it: headers, and the file `answer.der`."""
        address = f"{self.url}/{urllib.parse.quote(base64.b64encode(request), safe=safe)}"
        head = self.run("curl", "-s", "-S", "-D", "-", "-o", "answer.der", *options, address).replace("\r", "")
        lines = head.strip().split("\n")
        return int(lines[0].split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}

    def judged(self, *options):
        """What openssl says of `answer.der`."""
        return self.run("openssl", "ocsp", "-issuer", "ca1.pem", "-CAfile", "goc.pem", "-no_nonce", "-respin", "answer.der", *options)

    def raw(self, method, path, body=None):
        wire = http.client.HTTPConnection("127.0.0.1", self.service.pki, timeout=60)
        wire.request(method, path, body)
        answer = wire.getresponse()
        data = answer.read()
        wire.close()
        return answer, data


def good(told, name):
    return "Response verify OK" in told and f"{name}: good" in told


def revoked(told, name):
    return "Response verify OK" in told and f"{name}: revoked" in told


def by_post(asker):
    told = asker.post("-cert", "a.pem")
    check(good(told, "a.pem") and "nonce" not in told.lower(), f"POST with a nonce: {told}")
    for options in (["-no_nonce"], ["-sha256"], ["-sha256", "-no_nonce"]):
        told = asker.post(*options, "-cert", "a.pem")
        check(good(told, "a.pem"), f"POST {options}: {told}")
    told = asker.post("-cert", "a.pem", "-sha256", "-cert", "b.pem", "-cert", "seal.pem")
    check(all(good(told, name) for name in ("a.pem", "b.pem", "seal.pem")), f"several in one: {told}")
    told = asker.post("-cert", "ca1.pem", issuer="goc.pem")
    check(good(told, "ca1.pem"), f"the issuing authority itself: {told}")


def by_get(asker):
    request = asker.request("-cert", "a.pem", "-no_nonce")
    kept = None
    for safe in ("", "/+="):
        status, headers = asker.get(request, safe)
        told = asker.judged("-cert", "a.pem")
        check(status == 200 and headers["content-type"] == TYPE and good(told, "a.pem"), f"GET, escaped but {safe!r}: {status} {told}")
        check(headers["cache-control"].startswith("max-age=") and 0 < int(headers["cache-control"].split("=")[1].split(",")[0]) <= 1800,
              f"it may be kept: {headers['cache-control']}")
        ends, begins = (email.utils.parsedate_to_datetime(headers[name]) for name in ("expires", "last-modified"))
        check((ends - begins).total_seconds() == 3600 and abs(begins.timestamp() - time.time()) < 120, f"{begins} to {ends}")
        check(kept in (None, headers["etag"]), "the same bytes have the same tag")
        kept = headers["etag"]
    status, headers = asker.get(request, "", "-H", f"If-None-Match: {kept}")
    check(status == 304 and headers["etag"] == kept and "content-length" not in headers, f"who has it is told so: {status} {headers}")
    status, headers = asker.get(request, "", "-I")
    check(status == 200 and int(headers["content-length"]) > 100 and headers["etag"] == kept, f"HEAD: {status} {headers}")
    slashes = asker.request("-serial", "0x7f" + "ff" * 15, "-no_nonce")
    check(b"//" in base64.b64encode(slashes), "two slashes side by side")
    for safe in ("", "/+="):
        status, headers = asker.get(slashes, safe)
        told = asker.judged("-serial", "0x7f" + "ff" * 15)
        check(status == 200 and "Response verify OK" in told and ": unknown" in told, f"slashes, escaped but {safe!r}: {told}")
        check(headers["cache-control"] == "no-store", "what is unknown now may be issued in a moment")
    status, headers = asker.get(asker.request("-cert", "a.pem"), "")
    check(headers["cache-control"] == "no-store" and "etag" not in headers, f"one with a nonce is nobody else's: {headers}")


def others(asker):
    told = asker.post("-serial", "0x1234")
    check("Response verify OK" in told and "0x1234: unknown" in told, f"a serial never issued: {told}")
    serial = "0x" + asker.run("openssl", "x509", "-in", "a.pem", "-noout", "-serial").strip().split("=")[1]
    told = asker.post("-serial", serial, issuer="goc.pem")
    check("Response verify OK" in told and ": unknown" in told, f"the root did not issue it: {told}")
    told = asker.post("-cert", "a.pem", issuer="other.pem")
    check("unauthorized" in told, f"an issuer that is not ours: {told}")
    told = asker.post("-cert", "a.pem", "-issuer", "goc.pem", "-cert", "ca1.pem")
    check("unauthorized" in told, f"nobody speaks for two issuers at once: {told}")


def garbage(asker):
    malformed = bytes.fromhex("30030a0101")
    one = asker.request("-cert", "a.pem")
    for what, body in (("nothing", b""), ("text", b"garbage"), ("zeros", bytes(1000)), ("a piece", one[:-1]), ("one more byte", one + b"\0"),
                       ("the most that is taken", b"\x30\x82" + (LIMIT - 4).to_bytes(2, "big") + bytes(LIMIT - 4))):
        answer, data = asker.raw("POST", "/pki/ocsp", body)
        check((answer.status, answer.headers["Content-Type"], data) == (200, TYPE, malformed), f"POST of {what}: {answer.status} {data[:80]}")
    for size in (LIMIT + 1, 1 << 20):
        answer, data = asker.raw("POST", "/pki/ocsp", bytes(size))
        check(answer.status == 413 and b"body_too_large" in data, f"POST of {size} bytes: {answer.status} {data[:80]}")
    for path in ("", "garbage", "%FF", "=", "MFQ", base64.b64encode(one[:-1]).decode()):
        answer, data = asker.raw("GET", f"/pki/ocsp/{path}")
        right = (200, malformed) if path != "%FF" else (400, data)
        check((answer.status, data) == right, f"GET of {path!r}: {answer.status} {data[:80]}")
    check(asker.raw("GET", "/pki/ocsp")[0].status == 404, "GET without a request")
    told = asker.post("-cert", "a.pem")
    check(good(told, "a.pem"), "and the next is answered")


def storage_fault(asker, move):
    """With a table gone, which is no refusal of the database but a fault."""
    cached = asker.request("-cert", "a.pem", "-no_nonce")
    asker.get(cached, "")
    move("issuers", "issuers_away")
    move("certificates", "certificates_away")
    try:
        for options in (["-no_nonce"], []):
            told = asker.post(*options, "-cert", "a.pem")
            check("trylater" in told, f"POST while the storage fails {options}: {told}")
        status, headers = asker.get(cached, "")
        told = asker.judged("-cert", "a.pem")
        check(status == 200 and headers["content-type"] == TYPE and headers["cache-control"] == "no-store" and "trylater" in told,
              f"GET while the storage fails: {status} {headers} {told}")
    finally:
        move("certificates_away", "certificates")
        move("issuers_away", "issuers")
    told = asker.post("-cert", "a.pem")
    check(good(told, "a.pem"), f"and when it is back: {told}")


def mover(service, database):
    """What renames a table behind the service's back."""
    def move(table, to):
        if database:
            return database.ask(f"RENAME TABLE {table} TO {to}")
        with contextlib.closing(sqlite3.connect(f"{service.folder}/db/congvan.sqlite", timeout=30)) as file, file:
            file.execute(f"ALTER TABLE {table} RENAME TO {to}")
    return move


def after_revocation(asker, office, certificate):
    request = asker.request("-cert", "a.pem", "-no_nonce")
    asker.get(request, "")
    made(office.as_("admin").send("POST", f"/api/v1/certificates/{certificate}/revoke",
                                  {"reason": 1, "invalidityDate": "2026-01-02T03:04:05Z"}))
    asker.get(request, "")
    told = asker.judged("-cert", "a.pem", "-resp_text")
    check(revoked(told, "a.pem") and "keyCompromise" in told and "Jan  2 03:04:05 2026" in told, f"GET right after the revocation: {told}")
    for options in (["-no_nonce"], []):
        told = asker.post(*options, "-cert", "a.pem", "-cert", "b.pem")
        check(revoked(told, "a.pem") and good(told, "b.pem"), f"POST right after it {options}: {told}")


def suspended_and_released(asker, office, certificate, **holder):
    """By one officer and by two; asked of OCSP and of the list that the certificate names."""
    def listed():
        address = asker.run("openssl", "x509", "-in", "b.pem", "-noout", "-ext", "crlDistributionPoints").split("URI:")[1].split()[0]
        asker.run("curl", "-s", "-o", "b.crl", address)
        asker.run("openssl", "crl", "-inform", "DER", "-in", "b.crl", "-out", "crl.pem")
        return asker.run("openssl", "verify", "-crl_check", "-extended_crl", "-CAfile", "goc.pem", "-untrusted", "ca1.pem",
                         "-CRLfile", "crl.pem", "b.pem")
    check("b.pem: OK" in listed(), "openssl takes the list")
    made(office.as_("admin").send("POST", f"/api/v1/certificates/{certificate}/suspend", {"invalidityDate": "2026-01-02T03:04:05Z"}))
    told = asker.post("-cert", "b.pem")
    check(revoked(told, "b.pem") and "certificateHold" in told, f"suspended: {told}")
    check("certificate revoked" in listed(), "and on the list")
    text = asker.run("openssl", "crl", "-in", "crl.pem", "-noout", "-text")
    check("Certificate Hold" in text and "Issuing Distribution Point: critical" in text, f"as a hold, on a list with its address: {text}")
    release = approve(office.as_, "vanthu", type="release", kind="person", certificate=certificate, **holder)
    check(release["state"] == "carried-out", f"released: {release}")
    check(good(asker.post("-cert", "b.pem"), "b.pem"), "good again although an invalidity date was given")
    serial = asker.run("openssl", "x509", "-in", "b.pem", "-noout", "-serial").strip().split("=")[1]
    check("b.pem: OK" in listed() and serial not in asker.run("openssl", "crl", "-in", "crl.pem", "-noout", "-text"), "and gone from the list")


def main(temporary):
    database = MariaDb(temporary) if sys.argv[2:] == ["mariadb"] else None
    service = Service(sys.argv[1], temporary + "/data", database.init if database else ())
    service.start()
    try:
        office = Office(service)
        agencies, _, ids = settle(office.as_)
        asker = Asker(temporary, service)
        for name in ("goc", "ca1"):
            asker.write(f"{name}.pem", asker.raw("GET", f"/pki/{name}.crt")[1])
        held = [one for one in made(office.as_("admin").send("GET", "/api/v1/certificates"))[0]["items"]
                if one["kind"] in ("person", "organisation-seal")]
        of = {one["person"]: one["id"] for one in held if one["kind"] == "person"}
        people = [of[ids["chutich"]], of[ids["chanhvp"]]]
        seal = next(one["id"] for one in held if one["kind"] == "organisation-seal")
        for name, number in zip(("a.pem", "b.pem", "seal.pem"), (*people, seal)):
            asker.write(name, base64.b64decode(made(office.as_("admin").send("GET", f"/api/v1/certificates/{number}"))[0]["der"]))
        asker.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "other.key",
                  "-out", "other.pem", "-subj", "/CN=other")
        check(asker.run("openssl", "x509", "-in", "a.pem", "-noout", "-ocsp_uri").strip() == asker.url, "the certificate says where to ask")
        by_post(asker)
        by_get(asker)
        others(asker)
        garbage(asker)
        storage_fault(asker, mover(service, database))
        after_revocation(asker, office, people[0])
        suspended_and_released(asker, office, people[1], agency=agencies["top"], person=ids["chanhvp"])
        service.kill()
        service.start()
        told = asker.post("-cert", "a.pem", "-cert", "b.pem")
        check(revoked(told, "a.pem") and good(told, "b.pem"), f"after a restart: {told}")
    finally:
        service.stop()
        if database:
            database.stop()


with tempfile.TemporaryDirectory() as folder:
    main(folder)
finish()
