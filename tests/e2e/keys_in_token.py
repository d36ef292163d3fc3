#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All keys of the authority and the seal of an agency in a token of SoftHSM2. The token goes and comes back, the signer process is killed, the PIN's
file is wrong for a while: what needs a key is refused, nothing is lost or spent, and it goes on by itself. `openssl`, `pkcs11-tool` and `congvan
verify` judge.

usage: keys_in_token.py CONGVAN [mariadb]
"""
import base64, http.client, os, pathlib, re, signal, subprocess, sys, tempfile, threading, time

from checks import check, finish
from province import PIN, MariaDb, Office, Service, made, settle

TOKEN_PIN, MODULE = "token-pin-8642", "/usr/lib/softhsm/libsofthsm2.so"
SETTINGS = """token:
  module: {module}
  label: congvan
  pin_file: token-pin
  pin_tries_most: 2
  environment: [ "SOFTHSM2_CONF={conf}" ]
keys: {{ root: token, issuing: token, ocsp: token, tsa: token }}
"""


class Token:
    """One of SoftHSM2, in a folder of its own."""

    def __init__(self, folder):
        self.tokens, self.away, self.pin_file = folder / "tokens", folder / "away", folder / "token-pin"
        self.tokens.mkdir()
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {self.tokens}\nlog.level = ERROR\n")
        self.environment = os.environ | {"SOFTHSM2_CONF": str(folder / "softhsm2.conf")}
        subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "congvan", "--so-pin", "11223344", "--pin", TOKEN_PIN],
                       check=True, capture_output=True, env=self.environment)
        self.write_pin(TOKEN_PIN)
        self.settings = folder / "token.yaml"
        self.settings.write_text(SETTINGS.format(module=MODULE, conf=folder / "softhsm2.conf"))

    def write_pin(self, pin):
        self.pin_file.write_text(pin + "\n")
        self.pin_file.chmod(0o600)

    def pull_out(self):
        self.tokens.rename(self.away)

    def put_in(self):
        self.away.rename(self.tokens)

    def keys(self):
        told = subprocess.run(["pkcs11-tool", "--module", MODULE, "--login", "--pin", TOKEN_PIN, "--list-objects", "--type", "privkey"],
                              check=True, capture_output=True, text=True, env=self.environment).stdout
        check(told.count("Access:") == told.count("never extractable"), f"no key can be taken out: {told}")
        return sorted(re.findall(r"label: +(.*)", told))


def ready(service):
    wire = http.client.HTTPConnection("127.0.0.1", service.internal, timeout=20)
    wire.request("GET", "/readyz")
    answer = wire.getresponse()
    return answer.status, answer.read().decode()


def becomes(holds, what):
    until = time.time() + 60
    while not holds():
        if time.time() > until:
            return check(False, what)
        threading.Event().wait(0.05)
    check(True, what)


def signer_of(service):
    """Process id of the signer; None while there is none."""
    told = subprocess.run(["pgrep", "-P", str(service.process.pid), "-f", "congvan-signer"], capture_output=True, text=True).stdout
    return int(told.split()[0]) if told.split() else None


class Asker:
    """Stock openssl against the service."""

    def __init__(self, folder, service, certificate):
        self.folder, self.url = folder, f"http://127.0.0.1:{service.pki}"
        for name in ("goc", "ca1"):
            self.write(f"{name}.pem", self.fetch(f"/pki/{name}.crt"))
        self.write("leaf.pem", certificate)

    def write(self, name, der):
        pathlib.Path(self.folder, name).write_text(
            "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der).decode() + "-----END CERTIFICATE-----\n")

    def fetch(self, path):
        return subprocess.run(["curl", "-s", self.url + path], check=True, capture_output=True).stdout

    def run(self, *words):
        done = subprocess.run(words, cwd=self.folder, capture_output=True)
        return (done.stdout + done.stderr).decode(errors="replace")

    def status(self):
        return self.run("openssl", "ocsp", "-issuer", "ca1.pem", "-cert", "leaf.pem", "-CAfile", "goc.pem", "-url", self.url + "/pki/ocsp")

    def verify(self):
        self.run("sh", "-c", "for c in goc ca1; do curl -s $0/pki/$c.crl | openssl crl -inform DER; done > crls.pem", self.url)
        return self.run("openssl", "verify", "-crl_check_all", "-CAfile", "goc.pem", "-untrusted", "ca1.pem", "-CRLfile", "crls.pem", "leaf.pem")

    def stamp(self):
        self.run("sh", "-c", "echo stamped > data; openssl ts -query -data data -cert -out asked.tsq; "
                 "curl -s -H 'Content-Type: application/timestamp-query' --data-binary @asked.tsq $0/pki/tsa -o answer.tsr", self.url)
        return self.run("openssl", "ts", "-verify", "-queryfile", "asked.tsq", "-in", "answer.tsr", "-CAfile", "goc.pem", "-untrusted", "ca1.pem")


def all_is_well(asker):
    told = asker.status()
    check("Response verify OK" in told and "leaf.pem: good" in told, f"status: {told}")
    check(asker.verify() == "leaf.pem: OK\n", f"path with lists: {asker.verify()}")
    told = asker.stamp()
    check("Verification: OK" in told, f"time-stamp: {told}")


def sealed(office, congvan, folder, service):
    """The document's file, judged by the tool that auditors have."""
    file = pathlib.Path(folder, "sealed.pdf")
    file.write_bytes(made(office.as_("vanthu").send("GET", office.path + "/file"))[0])
    told = subprocess.run([congvan, "verify", str(file), "--trust", f"{service.folder}/root.pem", "--revocation", "off"],
                          capture_output=True, text=True)
    return told.returncode, told.stdout


def gone_and_back(congvan, folder, service, token, asker, office, agencies, posts):
    office.sign_all(agencies, posts, "Về việc thử thiết bị")
    token.pull_out()
    becomes(lambda: ready(service)[0] == 503 and "token_" in ready(service)[1], "readiness says that the token is gone")
    status, _, body = office.as_("vanthu").send("POST", office.path + "/issue", {"pin": PIN},
                                                made(office.as_("vanthu").send("GET", office.path))[1])
    check(status == 503 and body["code"] == "token_unavailable", f"a seal in the token is refused: {status} {body}")
    check(made(office.as_("vanthu").send("GET", office.path))[0]["number"] in (None, ""), "no number is spent")
    check("trylater" in asker.status(), f"status: {asker.status()}")
    check("Verification: OK" not in asker.stamp(), "no time-stamp")
    check("system failure" in asker.run("openssl", "ts", "-reply", "-in", "answer.tsr", "-text"), "and it says why")
    check(asker.verify() == "leaf.pem: OK\n", "the lists in force are given out")
    token.put_in()
    becomes(lambda: ready(service)[0] == 200, "ready again by itself")
    all_is_well(asker)
    office.act("vanthu", "issue", {"pin": PIN})
    code, told = sealed(office, congvan, folder, service)
    check(code == 0, f"sealed in the token: {told}")


def killed_signers(service, asker):
    for _ in range(3):
        os.kill(signer_of(service), signal.SIGKILL)
        check("leaf.pem: good" in asker.status(), "a signer that died is not noticed")
    check(service.process.poll() is None, "the service lives")


def wrong_pin(service, token):
    tries = pathlib.Path(service.folder, "token-tries")
    token.write_pin("not-the-pin")
    os.kill(signer_of(service), signal.SIGKILL)
    becomes(lambda: "token_pin_wrong" in ready(service)[1], "readiness says that the PIN is wrong")
    for _ in range(3):
        killed = signer_of(service)
        if killed:
            os.kill(killed, signal.SIGKILL)
        becomes(lambda: signer_of(service) not in (None, killed), "another signer")
        becomes(lambda: "token_pin_wrong" in ready(service)[1], "still wrong")
    check(tries.read_text().startswith("tries 1\n"), f"tried once: {tries.read_text()}")
    token.write_pin(TOKEN_PIN)
    becomes(lambda: ready(service)[0] == 200, "ready with the right PIN")
    check(tries.read_text() == "tries 0\n", f"counted anew: {tries.read_text()}")


def says_nothing(service):
    signer = signer_of(service)
    words = pathlib.Path("/proc", str(signer), "cmdline").read_bytes() + pathlib.Path("/proc", str(signer), "environ").read_bytes()
    check(TOKEN_PIN.encode() not in words, "no PIN in the command line or the environment")
    files = [b"".join(path.read_bytes() for path in pathlib.Path(service.folder).rglob(name)) for name in ("service.log", "congvan.yaml", "token-tries")]
    check(TOKEN_PIN.encode() not in b"".join(files), "no PIN in log, settings or count")


def ends_with_the_service(service):
    signer = signer_of(service)
    service.kill()
    becomes(lambda: not pathlib.Path("/proc", str(signer)).exists(), "the signer ends with a service that was killed")


def keys_elsewhere(congvan, service):
    file = pathlib.Path(service.folder, "congvan.yaml")
    text = file.read_text()
    file.write_text(text.replace("tsa: token", "tsa: software"))
    told = subprocess.run([congvan, "serve", "--config", str(file)], capture_output=True, text=True, timeout=60)
    check(told.returncode not in (0, 70) and "keys" in told.stderr, f"{told.returncode} {told.stderr}")
    file.write_text(text)


def story(congvan, folder, service, token):
    keys = token.keys()
    check(keys == ["congvan ca1", "congvan goc", "congvan ocsp-ca1", "congvan ocsp-goc", "congvan tsa"], f"keys: {keys}")
    service.start()
    office = Office(service)
    agencies, posts, _ = settle(office.as_, seal_key="token")
    check("congvan seal" in token.keys(), "the seal's key is there")
    listed = made(office.as_("admin").send("GET", "/api/v1/certificates?limit=200"))[0]["items"]
    person = next(one for one in listed if one["kind"] == "person")
    der = made(office.as_("admin").send("GET", f"/api/v1/certificates/{person['id']}"))[0]["der"]
    asker = Asker(folder, service, base64.b64decode(der))
    all_is_well(asker)
    gone_and_back(congvan, folder, service, token, asker, office, agencies, posts)
    killed_signers(service, asker)
    wrong_pin(service, token)
    says_nothing(service)
    ends_with_the_service(service)
    keys_elsewhere(congvan, service)
    service.start()
    all_is_well(asker)
    check(service.stop() == 0, "stopped")


def main():
    congvan, mariadb = sys.argv[1], sys.argv[2:] == ["mariadb"]
    with tempfile.TemporaryDirectory(prefix="congvan-token-") as folder:
        database = service = None
        try:
            database = MariaDb(folder) if mariadb else None
            token = Token(pathlib.Path(folder))
            service = Service(congvan, f"{folder}/data", [*(database.init if database else []), "--token", str(token.settings)])
            story(congvan, folder, service, token)
        finally:
            if service and service.process and service.process.poll() is None:
                service.kill()
            if database:
                database.stop()
    finish()


main()
