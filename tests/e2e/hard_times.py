#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the service lives through: odd settings, answers that get lost, a disk that is full or fails for a while, a hundred
sign-ins at once, another address.

usage: hard_times.py CONGVAN FULL_DISK     FULL_DISK is the library that makes writes fail
"""
import http.client, json, os, pathlib, re, resource, signal, ssl, subprocess, sys, tempfile, threading, time

from checks import check, failures, finish
from province import LETTER, PASSWORD, PIN, REQUESTS, Service

congvan, full_disk = sys.argv[1:3]


def await_that(holds, seconds=60):
    until = time.time() + seconds
    while time.time() < until:
        if holds():
            return True
        threading.Event().wait(0.05)
    return False


class Watched(Service):
    """A service with odd settings, whose log is read as it comes and whose disk can fail."""

    public_url = "http://127.0.0.1:{}//"

    def __init__(self, folder):
        super().__init__(congvan, folder, ["--province", 'Tỉnh "An Bình" \\ thử'])
        self.settings = pathlib.Path(folder, "congvan.yaml")
        self.address, self.lines, self.session = "127.0.0.1", [], {}
        self.start()

    def start(self):
        # A pipe, since a full disk would take the log's lines too; its reader keeps them.
        self.process = subprocess.Popen([congvan, "serve", "--config", str(self.settings)], stderr=subprocess.PIPE, text=True,
                                        env=os.environ | {"LD_PRELOAD": full_disk, "CONGVAN_FULL_DISK": self.folder + ".full"},
                                        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True).start()
        assert await_that(lambda: self.ready() == 200), "not ready: " + "".join(self.lines)

    def ready(self):
        try:
            probe = http.client.HTTPConnection("127.0.0.1", self.internal, timeout=10)
            probe.request("GET", "/readyz")
            return probe.getresponse().status
        except OSError:
            return None

    def ask(self, method, path, body=None, **headers):
        """Status, JSON or bytes, headers."""
        context = ssl.create_default_context(cafile=f"{self.folder}/root.pem")
        wire = http.client.HTTPSConnection(self.address, self.app, context=context, timeout=60)
        sent = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        if isinstance(body, dict):
            headers["Content_Type"] = "application/json"
        headers |= self.session
        wire.request(method, path, sent, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = wire.getresponse()
        data = answer.read()
        wire.close()
        return answer.status, json.loads(data) if data[:1] == b"{" else data, answer.headers

    def sign_in(self, login="admin", password=None):
        """The answer; requests from now on are this person's."""
        self.session = {}
        status, body, headers = self.ask("POST", "/api/v1/session", {"login": login, "password": password or self.password})
        if status == 200:
            self.session = {"Cookie": headers["Set-Cookie"].split(";")[0], "X_CSRF_Token": body["csrf"]}
        return status, body, headers

    def made(self, *request, **headers):
        status, body, _ = self.ask(*request, **headers)
        assert status in (200, 201), (request, status, body)
        return body

    def events(self, name):
        return [line for line in list(self.lines) if f'"event":"{name}"' in line]

    def disk_is_full(self, full):
        marker = pathlib.Path(self.folder + ".full")
        marker.touch() if full else marker.unlink()

    def disk_fails(self, failing):
        """No file may grow, which SQLite cannot tell from a broken disk: nobody knows then whether a COMMIT got in."""
        most = 0 if failing else resource.RLIM_INFINITY
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def odd_settings(folder, service):
    for option, value in (("--public-url", "https://ca.example.vn"), ("--public-url", "ca.example.vn"),
                          ("--public-url", "http://"), ("--public-url", "http://ca.example.vn?x"),
                          ("--public-url", "http://ca.example.vn/a b"), ("--public-url", "http://ca.example.vn/../x"),
                          ("--public-url", "http://ca.example.vn:0"), ("--province", " "), ("--province", "a\nb")):
        refused = subprocess.run([congvan, "init", "--data", folder + "/refused", option, value], capture_output=True, text=True)
        check(refused.returncode == 64, f"init {option} {value!r}: {refused.returncode} {refused.stderr}")
        check(not pathlib.Path(folder, "refused").exists(), f"init {option} {value!r} leaves nothing")
    key = pathlib.Path(service.folder, "log/issuance.vkey").read_text()
    check(key.startswith(f"127.0.0.1:{service.pki}/log/issuance+"), f"slashes at the end of the address are gone: {key}")


def machines_paths(service):
    for path in ("/pki/ca1.crl", "/pki/tsa", "/api/nothing", "/api", "/log/records", "/log", "/assets", "/openapi.json/x"):
        status, body, _ = service.ask("GET", path)
        check(status in (404, 405), f"{path}: {status}")
    check(service.ask("GET", "/documents/x")[2]["Content-Type"].startswith("text/html"), "pages are there")


def lost_answers(service):
    """The service did it, the answer got lost, the client asks again with its key."""
    status, _, headers = service.sign_in()
    check(headers["Set-Cookie"].startswith("__Host-"), "no other host may set the cookie")
    top = service.made("GET", "/api/v1/agencies")["items"][0]["id"]
    people = {}
    for login, role in (("an", "leader"), ("vanthu", "clerk"), ("duyet", "certificate-officer")):
        people[login] = service.made("POST", "/api/v1/people", {"name": "Trần " + login, "login": login, "password": PASSWORD})["id"]
        service.made("POST", "/api/v1/posts", {"agency": top, "title": "Chủ tịch", "holder": people[login],
                                               "grants": [{"role": role, "over": top}]})
    service.sign_in("vanthu", PASSWORD)
    wanted = {"type": "new", "kind": "person", "agency": top, "person": people["an"], **LETTER}
    request = service.made("POST", REQUESTS, wanted, Idempotency_Key="request")
    again = service.made("POST", REQUESTS, wanted, Idempotency_Key="request")
    check(request["id"] == again["id"], "a request is made once")
    path = f"{REQUESTS}/{request['id']}"
    service.sign_in()
    seen = service.made("POST", f"{path}/accept", {}, If_Match='"v1"')
    service.sign_in("duyet", PASSWORD)
    approval = {"contentHash": seen["contentHash"]}
    orders = {service.made("POST", f"{path}/approve", approval, If_Match='"v2"', Idempotency_Key="approve")["order"] for _ in range(2)}
    check(len(orders) == 1, "an approval makes one order")
    order = {"id": orders.pop()}
    activate = f"/api/v1/certificate-orders/{order['id']}/activate"
    check(service.ask("POST", activate, {"pin": PIN})[0] == 404, "orders of others are not there")
    service.sign_in("an", PASSWORD)
    first = service.made("POST", activate, {"pin": PIN}, Idempotency_Key="activate")
    status, again, _ = service.ask("POST", activate, {"pin": PIN}, Idempotency_Key="activate")
    check((status, again.get("id")) == (201, first["id"]), f"a retry of an activation: {status} {again}")
    status, body, _ = service.ask("POST", activate, {"pin": PIN})
    check((status, body["code"]) == (409, "order_used"), f"another activation: {status} {body}")
    service.sign_in()
    revoke = f"/api/v1/certificates/{first['id']}/revoke"
    gone = service.made("POST", revoke, {"reason": 4}, Idempotency_Key="revoke")
    status, again, _ = service.ask("POST", revoke, {"reason": 4}, Idempotency_Key="revoke")
    check((status, again.get("version")) == (200, gone["version"]), f"a retry of a revocation: {status} {again}")
    for key in ("\xff\xfe", "a b", "k" * 129):
        status, body, _ = service.ask("POST", REQUESTS, wanted, Idempotency_Key=key)
        check((status, body["code"]) == (400, "idempotency_key_malformed"), f"key {key!r}: {status} {body}")


def looked_at_only(service):
    def files():
        return sorted(str(file) for file in pathlib.Path(service.folder, "blobs").rglob("*") if file.is_file())

    before = files()
    status, report, _ = service.ask("POST", "/api/v1/verify", b"no signed file")
    check(status == 200 and report["overall"] in ("MALFORMED", "NO-SIGNATURE"), f"verify: {status} {report}")
    check(files() == before, "a file that was verified is not kept")


def another_address(service):
    """The service's own certificate follows the address it listens on."""
    service.settings.write_text(service.settings.read_text().replace(f'address: "127.0.0.1", port: {service.app}',
                                                                     f'address: "127.0.0.2", port: {service.app}'))
    service.start()
    service.address = "127.0.0.2"
    try:
        check(service.sign_in()[0] == 200, "reached under a certificate for the new address")
    except ssl.SSLError as error:
        check(False, f"the certificate does not fit the address: {error}")
    check(service.stop() == 0, "it ends in order again")


def flood_of_sign_ins(service):
    answers = []

    def guess(number):
        status, _, headers = service.ask("POST", "/api/v1/session", {"login": f"x{number}", "password": "mat-khau-doan"})
        answers.append((status, headers["Retry-After"]))

    guessers = [threading.Thread(target=guess, args=(number,)) for number in range(100)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()
    check({status for status, _ in answers} <= {401, 503}, f"answers {sorted(set(answers))}")
    check(all(later for status, later in answers if status == 503), "who is sent away is told when to come back")
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{service.process.pid}/status").read_text())[1]) // 1024
    check(peak < 512, f"a hundred tries of a password took {peak} MiB")


def sick_disk(service, make_sick, event):
    make_sick(True)
    check(await_that(lambda: service.events(event)), f"background work says what ails it: {event}")
    check(await_that(lambda: service.ready() == 503), "a service that cannot write is not ready")
    status, _, _ = service.sign_in()
    check(status in (500, 503), f"a request that must write is refused: {status}")
    check(service.process.poll() is None, f"the process lives: {service.process.poll()}")
    make_sick(False)
    check(await_that(lambda: service.ready() == 200), "it is ready again when the disk is")
    status, _, _ = service.sign_in()
    check(status == 200, f"and works: {status}")


with tempfile.TemporaryDirectory() as temporary:
    service = Watched(temporary + "/data")
    odd_settings(temporary, service)
    machines_paths(service)
    lost_answers(service)
    looked_at_only(service)
    flood_of_sign_ins(service)
    sick_disk(service, service.disk_is_full, "job.fault")
    sick_disk(service, service.disk_fails, "job.refused")
    check(service.stop() == 0, "it ends in order")
    another_address(service)
    doctor = subprocess.run([congvan, "doctor", "--config", temporary + "/data/congvan.yaml"], capture_output=True, text=True)
    check(doctor.returncode == 0, "doctor: " + doctor.stdout + doctor.stderr)
    check("expiry tls: until" in doctor.stdout and "expiry ca1.crl: until" in doctor.stdout, "doctor says what ends when: " + doctor.stdout)
if failures:
    print("".join(service.lines[-20:]))
finish()
