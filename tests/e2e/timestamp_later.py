#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A document issued while no time-stamping authority answers, completed when one does.

The service knows one outside authority only, `openssl ts` behind HTTP, which is not there at first: the document is signed,
issued and dispatched at B-B and says that it awaits its time-stamp. The service is killed (-9) while its job waits for an
answer of the authority, and another run takes the job over. What comes out is judged by `congvan verify`, openssl and pdfsig.

usage: timestamp_later.py CONGVAN
"""
import http.client, http.server, json, pathlib, re, subprocess, sys, tempfile, threading, time

from checks import check, finish
from province import PIN, Office, Service, free_ports, made, settle

congvan = sys.argv[1]


def run(*command, cwd=None):
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


def until(found, what, seconds=180):
    """What `found` gives once it gives something."""
    end = time.time() + seconds
    while time.time() < end:
        value = found()
        if value:
            return value
        threading.Event().wait(0.2)
    raise RuntimeError(f"waited in vain for {what}")


class Authority:
    """A time-stamping authority that nobody here wrote; mute until told otherwise."""

    def __init__(self, folder):
        self.folder, self.port = pathlib.Path(folder), free_ports(1)[0]
        self.folder.mkdir()
        self.asked, self.speaks, self.server = threading.Event(), False, None
        self.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -days 30 -subj '/CN=Outside TSA' "
                 "-addext basicConstraints=critical,CA:false -addext keyUsage=critical,digitalSignature "
                 "-addext extendedKeyUsage=critical,timeStamping")
        (self.folder / "serial").write_text("01\n")
        (self.folder / "ts.cnf").write_text(
            "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\nsigner_digest = sha256\n"
            "default_policy = 1.2.3.4.1\ndigests = sha256, sha384, sha512\naccuracy = secs:1\ness_cert_id_alg = sha256\n")

    def run(self, command):
        done = subprocess.run(command, shell=True, capture_output=True, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self):
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                authority.asked.set()
                if not authority.speaks:
                    return self.connection.recv(1)  # until the one who asked goes away
                (authority.folder / "query").write_bytes(query)
                reply = authority.run("openssl ts -reply -config ts.cnf -queryfile query")
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Late(Office):
    def document(self):
        return made(self.as_("vanthu").send("GET", self.path))[0]

    def file(self):
        return made(self.as_("vanthu").send("GET", f"{self.path}/file"))[0]

    def arrival(self):
        incoming = made(self.as_("vanthuso").send("GET", "/api/v1/incoming"))[0]["items"][0]
        return incoming if incoming["verification"] else None


def verdict_on(file, service, authority):
    """What `congvan verify` says of it, offline."""
    folder = pathlib.Path(service.folder)
    extra = []
    for name in ("goc.crl", "ca1.crl"):
        connection = http.client.HTTPConnection("127.0.0.1", service.pki, timeout=30)
        connection.request("GET", f"/pki/{name}")
        (folder / name).write_bytes(connection.getresponse().read())
        extra += ["--extra", str(folder / name)]
    said = run(congvan, "verify", str(file), "--format", "json", "--trust", str(folder / "root.pem"),
               "--trust", str(authority.folder / "tsa.pem"), *extra)
    return said.returncode, json.loads(said.stdout)


def openssl_accepts_stamp(file, authority):
    """The last /ByteRange of the file and what stands in its hole, given to `openssl ts -verify`."""
    data = file.read_bytes()
    a, b, c, d = map(int, re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", data)[-1])
    (authority.folder / "range").write_bytes(data[a:b] + data[c:c + d])
    (authority.folder / "token").write_bytes(bytes.fromhex(data[b + 1:c - 1].decode()))
    done = run("sh", "-c", "openssl cms -cmsout -inform DER -in token -outform DER -out bare && openssl ts -verify -token_in "
               "-in bare -data range -CAfile tsa.pem -partial_chain", cwd=authority.folder)
    return c + d == len(data) and done.returncode == 0


with tempfile.TemporaryDirectory() as temporary:
    authority = Authority(temporary + "/authority")
    service = Service(congvan, temporary + "/data",
                      settings=f"tsa: {{ sources: [\"http://127.0.0.1:{authority.port}/\"], trust: [\"../authority/tsa.pem\"] }}\n")
    service.start()
    office = Late(service)
    agencies, posts, _ = settle(office.as_)
    office.sign_all(agencies, posts, "Khi không có dấu thời gian")
    office.act("vanthu", "issue", {"pin": PIN})
    issued = office.act("vanthu", "dispatch", {})
    check(issued["state"] == "dispatched" and issued["awaitingTimestamp"], f"issued without an authority: {issued}")
    at_bb = pathlib.Path(temporary, "b-b.pdf")
    at_bb.write_bytes(office.file())
    code, verdict = verdict_on(at_bb, service, authority)
    check(code == 0 and {(one["level"], one["best_signature_time"]) for one in verdict["signatures"]} == {("B-B", None)},
          f"at B-B and valid: {verdict}")
    arrived = until(office.arrival, "the verdict on arrival")
    check(arrived["verification"] == "TOTAL-PASSED" and arrived["sha256"] == issued["sha256"], f"arrived: {arrived}")

    authority.start()
    until(authority.asked.is_set, "the job's question")
    service.kill()
    doctor = run(congvan, "doctor", "--config", f"{service.folder}/congvan.yaml")
    print(doctor.stdout)
    check(doctor.returncode == 0 and "awaiting a time-stamp: 1" in doctor.stdout, f"doctor after the kill: {doctor.stdout}")

    authority.speaks = True
    service.start()
    completed = until(lambda: (now := office.document()) and not now["awaitingTimestamp"] and now, "the time-stamp")
    at_bt = pathlib.Path(temporary, "b-t.pdf")
    at_bt.write_bytes(office.file())
    check(at_bt.read_bytes().startswith(at_bb.read_bytes()), "the file at B-B is the beginning of the completed one")
    code, verdict = verdict_on(at_bt, service, authority)
    check(code == 0 and len(verdict["signatures"]) == 4, f"completed: {verdict}")
    for one in verdict["signatures"]:
        check(one["level"] == "B-T" and one["best_signature_time"] and one["document"] == "extended", f"signature: {one}")
    check([one["indication"] for one in verdict["timestamps"]] == ["TOTAL-PASSED"], f"time-stamp: {verdict['timestamps']}")
    check(openssl_accepts_stamp(at_bt, authority), "openssl ts -verify")
    said = run("pdfsig", "-nocert", str(at_bt)).stdout
    # pdfsig 22.12 reads the token and what it covers, but verifies no time-stamps: openssl did.
    stamp = said.split("Signature #5:")[-1]
    check(said.count("Signature is Valid") == 4 and said.count("Not total document signed") == 4
          and "Common Name: Outside TSA" in stamp and "- Total document signed" in stamp, f"pdfsig: {said}")

    renewed = until(lambda: (now := office.arrival()) and now["sha256"] == completed["sha256"] and now, "the recipient's new verdict")
    check(renewed["verification"] == "TOTAL-PASSED", f"renewed: {renewed}")
    events = [event["kind"] for event in office.trail()]
    check(events.count("document.timestamp-awaited") == 1 and events.count("document.timestamped") == 1
          and events.count("delivery.renewed") == 1, f"trail: {events}")
    check(events.count("document.signed") == 1 and completed["state"] == "dispatched", f"completed: {completed}")
    service.stop()
    doctor = run(congvan, "doctor", "--config", f"{service.folder}/congvan.yaml")
    print(doctor.stdout)
    check(doctor.returncode == 0 and "awaiting a time-stamp: 0" in doctor.stdout, f"doctor: {doctor.stdout}{doctor.stderr}")
finish()
