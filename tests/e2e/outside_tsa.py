#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time-stamps of an outside authority whose certificate was issued by a CA that the settings name: believed once the CA's revocation list was
fetched, not before, and not when the list says that the authority's certificate is revoked.

usage: outside_tsa.py CONGVAN
"""
import http.client, http.server, pathlib, subprocess, sys, tempfile, threading, time

from checks import check, finish
from province import PIN, Office, Service, free_ports, made, settle


class Outside:
    """`openssl` as CA and as time-stamping authority, behind one HTTP server."""

    def __init__(self, folder):
        self.folder, self.port, self.list = pathlib.Path(folder), free_ports(1)[0], None
        self.folder.mkdir()
        for name, text in (("index.txt", ""), ("number", "01\n"), ("serial", "01\n"),
                           ("ca.cnf", "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\ncrlnumber = number\ndefault_md = sha256\n"
                                      "default_crl_days = 30\n"),
                           ("tsa.ext", "basicConstraints = critical,CA:false\nkeyUsage = critical,digitalSignature\n"
                                       "extendedKeyUsage = critical,timeStamping\n"),
                           ("ts.cnf", "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n"
                                      "signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256, sha384, sha512\n"
                                      "accuracy = secs:1\ness_cert_id_alg = sha256\n")):
            (self.folder / name).write_text(text)
        self.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj '/CN=Outside CA' "
                 "-addext keyUsage=critical,keyCertSign,cRLSign")
        self.run("openssl req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj '/CN=Outside TSA' && "
                 "openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial 0x4a01 -extfile tsa.ext -out tsa.pem")
        outside = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, status, body, kind):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer(404 if outside.list is None else 200, outside.list or b"", "application/pkix-crl")

            def do_POST(self):
                (outside.folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(200, outside.run("openssl ts -reply -config ts.cnf -queryfile query"), "application/timestamp-reply")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def run(self, command):
        done = subprocess.run(command, shell=True, capture_output=True, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def publish(self):
        self.list = self.run("openssl ca -config ca.cnf -gencrl -cert ca.pem -keyfile ca.key | openssl crl -outform DER")

    def url(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"


def ready(service):
    wire = http.client.HTTPConnection("127.0.0.1", service.internal, timeout=60)
    wire.request("GET", "/readyz")
    return wire.getresponse().read().decode()


def until(found, what, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        if found():
            return check(True, what)
        threading.Event().wait(0.2)
    check(False, what)


def main(congvan, temporary):
    outside = Outside(temporary + "/outside")
    service = Service(congvan, temporary + "/checked",
                      settings=f"tsa: {{ sources: [\"{outside.url('tsa')}\"], trust: [\"../outside/ca.pem\"], crls: [\"{outside.url('ca.crl')}\"] }}\n")

    def doctor():
        return subprocess.run([congvan, "doctor", "--config", f"{service.folder}/congvan.yaml"], capture_output=True, text=True).stdout

    def again():
        service.kill()
        service.start()

    try:
        service.start()
        office = Office(service)
        agencies, posts, _ = settle(office.as_)
        until(lambda: f"crl {outside.url('ca.crl')}: crl_http_status" in ready(service), "readiness names the list that is missing")
        check(f"foreign list {outside.url('ca.crl')}: none yet" in doctor(), "and so does doctor")
        office.sign_all(agencies, posts, "Dấu thời gian bên ngoài")
        issued = office.act("vanthu", "issue", {"pin": PIN})
        check(issued["awaitingTimestamp"], f"a time-stamp of whom nobody knows to be unrevoked is not taken: {issued}")

        outside.publish()
        again()
        until(lambda: "crl " not in ready(service), "the list was fetched")
        completed = lambda: not made(office.as_("vanthu").send("GET", office.path))[0]["awaitingTimestamp"]
        until(completed, "then the document is completed")
        outside.list = None
        again()
        told = doctor()
        check(f"foreign list {outside.url('ca.crl')}: of " in told, f"the list is kept: {told}")

        outside.run("openssl ca -config ca.cnf -cert ca.pem -keyfile ca.key -revoke tsa.pem -crl_reason keyCompromise")
        outside.publish()
        again()
        until(lambda: "crl " not in ready(service), "the newer list was fetched")
        office.sign_all(agencies, posts, "Sau khi bị thu hồi")
        issued = office.act("vanthu", "issue", {"pin": PIN})
        check(issued["awaitingTimestamp"], f"a revoked authority's time-stamp is not taken: {issued}")
    finally:
        service.stop()
        outside.server.shutdown()


with tempfile.TemporaryDirectory() as folder:
    main(sys.argv[1], folder)
finish()
