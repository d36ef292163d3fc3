#!/usr/bin/env python3
"""What the service lives through: a disk that is full or fails for a while, a hundred sign-ins at once.

usage: hard_times.py CONGVAN FULL_DISK     FULL_DISK is the library that makes writes fail
"""
import http.client, json, os, pathlib, re, resource, signal, socket, ssl, subprocess, sys, tempfile, threading, time

congvan, full_disk = sys.argv[1:3]
passed, failures = 0, []


def check(holds, what):
    global passed
    if holds:
        passed += 1
    else:
        failures.append(what)
        print("FAILED", what)


def free_ports(count):
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def await_that(holds, seconds=60):
    until = time.time() + seconds
    while time.time() < until:
        if holds():
            return True
        threading.Event().wait(0.05)
    return False


class Service:
    """One `congvan serve` on a data folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.app, self.pki, self.internal = free_ports(3)
        made = subprocess.run([congvan, "init", "--data", folder, "--public-url", f"http://127.0.0.1:{self.pki}"],
                              capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        self.password = re.search(r"password, shown only now: (\S+)", made.stdout)[1]
        settings = pathlib.Path(folder, "congvan.yaml")
        text = settings.read_text()
        for old, new in ((8443, self.app), (8080, self.pki), (8081, self.internal)):
            text = text.replace(f"port: {old}", f"port: {new}")
        settings.write_text(text)
        # A pipe, since a full disk would take the log's lines too; its reader keeps them.
        self.lines = []
        self.process = subprocess.Popen([congvan, "serve", "--config", str(settings)], stderr=subprocess.PIPE, text=True,
                                        env=os.environ | {"LD_PRELOAD": full_disk, "CONGVAN_FULL_DISK": folder + ".full"},
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
        wire = http.client.HTTPSConnection("127.0.0.1", self.app, context=context, timeout=60)
        sent = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        if isinstance(body, dict):
            headers["Content_Type"] = "application/json"
        wire.request(method, path, sent, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = wire.getresponse()
        data = answer.read()
        wire.close()
        return answer.status, json.loads(data) if data[:1] == b"{" else data, answer.headers

    def sign_in(self):
        return self.ask("POST", "/api/v1/session", {"login": "admin", "password": self.password})

    def events(self, name):
        return [line for line in list(self.lines) if f'"event":"{name}"' in line]

    def disk_is_full(self, full):
        marker = pathlib.Path(self.folder + ".full")
        marker.touch() if full else marker.unlink()

    def disk_fails(self, failing):
        """No file may grow, which SQLite cannot tell from a broken disk: nobody knows then whether a COMMIT got in."""
        most = 0 if failing else resource.RLIM_INFINITY
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


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
    service = Service(temporary + "/data")
    flood_of_sign_ins(service)
    sick_disk(service, service.disk_is_full, "job.fault")
    sick_disk(service, service.disk_fails, "job.refused")
    service.process.send_signal(signal.SIGTERM)
    check(service.process.wait(60) == 0, "it ends in order")
    doctor = subprocess.run([congvan, "doctor", "--config", temporary + "/data/congvan.yaml"], capture_output=True, text=True)
    check(doctor.returncode == 0, "doctor: " + doctor.stdout + doctor.stderr)
if failures:
    print("".join(service.lines[-20:]))
print(f"{passed} passed, {len(failures)} failed, 0 skipped")
sys.exit(bool(failures))
