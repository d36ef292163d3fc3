#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The time-stamping authority asked by stock `openssl ts` and `curl`, with its clock held against real `chronyd -x` servers on loopback: granted
and refused as RFC 3161 has it, no time-stamp without a time, serials never twice.

usage: tsa.py CONGVAN LATER_CLOCK
"""
import http.client, mmap, os, pathlib, re, struct, subprocess, sys, tempfile, threading, time

from checks import check, finish
from province import Service, free_ports

REFUSED = "Rejected"
NO_TIME = "the TSA's time source is not available"
POLICIES = ["1.3.6.1.4.1.32473.7.1", "1.3.6.1.4.1.32473.7.2"]


class Chronyd:
    """A server of the network time protocol; with `of`, it follows that one but believes it `ahead` seconds too late."""

    def __init__(self, folder, port, of=None, ahead=0):
        self.folder, self.port, self.process = pathlib.Path(folder), port, None
        source = "local stratum 1" if of is None else f"server 127.0.0.1 port {of} offset {ahead} iburst minpoll -2 maxpoll -2"
        self.conf = self.folder / f"chrony-{port}.conf"
        self.conf.write_text(f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\ncmdport 0\nbindcmdaddress /\n"
                             f"pidfile {self.folder}/chrony-{port}.pid\n{source}\n")

    def start(self):
        who = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(["chronyd", "-x", "-U", "-d", "-u", who, "-f", str(self.conf)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=os.environ | {"PATH": path})

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


class Authority:
    def __init__(self, folder, service):
        self.folder, self.service = pathlib.Path(folder), service
        (self.folder / "data").write_text("Quyết định\n")
        (self.folder / "root.pem").write_bytes(pathlib.Path(service.folder, "root.pem").read_bytes())

    def run(self, *command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True)
        return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def post(self, body):
        wire = http.client.HTTPConnection("127.0.0.1", self.service.pki, timeout=60)
        wire.request("POST", "/pki/tsa", body, {"Content-Type": "application/timestamp-query"})
        answer = wire.getresponse()
        data = answer.read()
        wire.close()
        return answer, data

    def ask(self, *options):
        """What openssl prints of the answer; it stays in `answer.tsr` beside the question."""
        self.run("openssl", "ts", "-query", "-data", "data", "-out", "asked.tsq", *(options or ("-sha256", "-cert")))
        told = self.run("curl", "-s", "-S", "-H", "Content-Type: application/timestamp-query", "--data-binary", "@asked.tsq", "-o", "answer.tsr",
                        f"http://127.0.0.1:{self.service.pki}/pki/tsa")
        return told + self.run("openssl", "ts", "-reply", "-in", "answer.tsr", "-text")

    def verified(self):
        return self.run("openssl", "ts", "-verify", "-queryfile", "asked.tsq", "-in", "answer.tsr", "-CAfile", "root.pem") + \
            self.run("openssl", "ts", "-verify", "-data", "data", "-in", "answer.tsr", "-CAfile", "root.pem")

    def ready(self):
        wire = http.client.HTTPConnection("127.0.0.1", self.service.internal, timeout=60)
        wire.request("GET", "/readyz")
        answer = wire.getresponse()
        return answer.status, answer.read().decode()


def until(found, what, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if found():
            return check(True, what)
        threading.Event().wait(0.1)
    check(False, what)


def granted(told):
    return "Status: Granted" in told


def judged_by_openssl(tsa):
    for options in (["-sha256"], ["-sha384"], ["-sha512"], ["-sha256", "-no_nonce"], ["-sha256", "-tspolicy", POLICIES[1]]):
        told = tsa.ask(*options, "-cert")
        check(granted(told) and tsa.verified().count("Verification: OK") == 2, f"{options}: {told} {tsa.verified()}")
    check("Accuracy: 0x01 seconds, 0x01F4 millis" in told and "Ordering: no" in told, f"what it promises: {told}")
    check(f"Policy OID: {POLICIES[1]}" in told, f"the policy asked for: {told}")
    check(f"Policy OID: {POLICIES[0]}" in tsa.ask("-sha256"), "the default policy")
    without = tsa.ask("-sha256")
    check(granted(without) and "OK" not in tsa.verified(), "without certReq the certificate is not inside")
    for options, why in ((["-sha1"], "unrecognized or unsupported algorithm"), (["-md5"], "unrecognized or unsupported algorithm"),
                         (["-sha256", "-tspolicy", "1.2.3.4"], "requested TSA policy is not supported")):
        told = tsa.ask(*options)
        check(REFUSED in told and why in told, f"{options}: {told}")


def garbage(tsa):
    tsa.ask()
    one = (tsa.folder / "asked.tsq").read_bytes()
    for what, body in (("nothing", b""), ("text", b"GET / HTTP/1.1"), ("a piece", one[:-1]), ("one more byte", one + b"\0"), ("zeros", bytes(16384))):
        answer, data = tsa.post(body)
        (tsa.folder / "answer.tsr").write_bytes(data)
        told = tsa.run("openssl", "ts", "-reply", "-in", "answer.tsr", "-text")
        check(answer.status == 200 and answer.headers["Content-Type"] == "application/timestamp-reply" and REFUSED in told
              and "the data submitted has the wrong format" in told, f"{what}: {answer.status} {told}")
    for size in (16385, 1 << 20):
        check(tsa.post(bytes(size))[0].status == 413, f"{size} bytes")
    check(granted(tsa.ask()), "and the next is answered")


def serials(tsa, count, seen):
    for _ in range(count):
        serial = re.search(r"Serial number: (\S+)", tsa.ask())[1]
        check(serial not in seen, f"serial {serial} only once")
        seen.add(serial)


def clock(tsa, servers, ahead, doctor):
    def move(seconds):
        ahead[:8] = struct.pack("=q", seconds)

    status, lines = tsa.ready()
    check(status == 200 and "timeNotAvailable" not in lines and "tsa" not in lines, f"the liar moves nothing: {lines}")
    told = doctor()
    check(told.count("clock 127.0.0.1") == 3 and "clock: a majority agrees" in told, f"doctor: {told}")

    move(30)
    told = tsa.ask()
    check(REFUSED in told and NO_TIME in told, f"refused as soon as the clock is wrong: {told}")
    status, lines = tsa.ready()
    check(status == 200 and "tsa: timeNotAvailable, clock_wrong" in lines, f"readiness says so: {lines}")
    check("clock: clock_wrong" in doctor(), f"doctor says so: {doctor()}")
    move(0)
    check(granted(tsa.ask()), "granted again when the clock is right again")

    servers[1].stop()
    until(lambda: f"clock 127.0.0.1:{servers[1].port}: clock_source_silent" in tsa.ready()[1], "a server that went is named")
    until(lambda: "tsa: timeNotAvailable, clock_check_old" in tsa.ready()[1], "one good server and a liar are no majority")
    told = tsa.ask()
    check(REFUSED in told and NO_TIME in told, f"refused when the last answer is too old: {told}")
    servers[1].start()
    until(lambda: granted(tsa.ask()), "granted again when a majority is back")
    check(tsa.verified().count("Verification: OK") == 2, "and verified")


def main(congvan, later_clock, temporary):
    ports = free_ports(3)
    servers = [Chronyd(temporary, ports[0]), Chronyd(temporary, ports[1]), Chronyd(temporary, ports[2], of=ports[0], ahead=5)]
    (pathlib.Path(temporary) / "ahead").write_bytes(bytes(8))
    names = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    policies = ", ".join(f'"{one}"' for one in POLICIES)
    settings = (f"tsa: {{ policies: [{policies}], "
                f"clock: {{ servers: [{names}], off_ms_most: 500, age_seconds_most: 3, every_seconds: 1 }} }}\n")
    environment = os.environ | {"LD_PRELOAD": later_clock, "CONGVAN_LATER_CLOCK": f"{temporary}/ahead"}
    services = []
    try:
        for server in servers:
            server.start()
        plain = Service(congvan, temporary + "/plain", ("--tsa-key", "rsa3072"))
        services.append(plain)
        plain.start()
        tsa = Authority(temporary, plain)
        check(granted(tsa.ask()) and tsa.verified().count("Verification: OK") == 2, f"an RSA key: {tsa.verified()}")
        check("clock: not checked" in tsa.ready()[1], f"without servers readiness says that nobody checks: {tsa.ready()}")

        service = Service(congvan, temporary + "/checked", settings=settings, environment=environment)
        services.append(service)
        service.start()
        tsa = Authority(temporary, service)
        until(lambda: granted(tsa.ask()), "granted once a majority was heard")
        until(lambda: tsa.ready()[1] == "ok\n", "all three answer")
        judged_by_openssl(tsa)
        garbage(tsa)
        seen = set()
        serials(tsa, 5, seen)

        def doctor():
            told = subprocess.run([congvan, "doctor", "--config", f"{service.folder}/congvan.yaml"], capture_output=True, text=True, env=environment)
            return told.stdout

        with open(f"{temporary}/ahead", "r+b") as file, mmap.mmap(file.fileno(), 8) as ahead:
            clock(tsa, servers, ahead, doctor)
        service.kill()
        service.start()
        until(lambda: granted(tsa.ask()), "granted after a restart")
        serials(tsa, 5, seen)
    finally:
        for one in services:
            if one.process and one.process.poll() is None:
                one.stop()
        for server in servers:
            server.stop()


with tempfile.TemporaryDirectory() as folder:
    main(sys.argv[1], sys.argv[2], folder)
finish()
