# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: a service on a data folder of its own, a small province in it, and a small PDF."""
import contextlib, http.client, json, pathlib, re, signal, socket, ssl, subprocess, threading, time, uuid

PIN, PASSWORD = "13572468", "mat-khau-thu-nghiem"
STAYS = "first_passwords_stay: true\n"


def free_ports(count):
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


class Service:
    """One `congvan serve` on one data folder, killed and started at will."""

    public_url = "http://127.0.0.1:{}"

    def __init__(self, congvan, folder, init=(), settings="", environment=None):
        self.congvan, self.folder, self.process, self.kills, self.environment = congvan, folder, None, 0, environment
        self.app, self.pki, self.internal = free_ports(3)
        made = subprocess.run([congvan, "init", "--data", folder, "--public-url", self.public_url.format(self.pki), *init],
                              capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        self.password = re.search(r"password, shown only now: (\S+)", made.stdout)[1]
        file = pathlib.Path(folder, "congvan.yaml")
        text = file.read_text()
        for old, new in ((8443, self.app), (8080, self.pki), (8081, self.internal)):
            text = text.replace(f"port: {old}", f"port: {new}")
        file.write_text(text + settings + STAYS)
        self.log = open(pathlib.Path(folder, "service.log"), "ab")

    def start(self):
        self.process = subprocess.Popen([self.congvan, "serve", "--config", f"{self.folder}/congvan.yaml"],
                                        stderr=self.log, stdout=self.log, env=self.environment)
        until = time.time() + 60
        while time.time() < until:
            if self.process.poll() == -signal.SIGKILL:  # a late killer struck the new one too
                return self.start()
            if self.process.poll() is not None:
                raise RuntimeError(f"the service ended with {self.process.returncode}")
            try:
                probe = http.client.HTTPConnection("127.0.0.1", self.internal, timeout=5)
                probe.request("GET", "/readyz")
                if probe.getresponse().status == 200:
                    return
            except OSError:
                pass
            threading.Event().wait(0.02)
        raise RuntimeError("the service did not become ready in 60 s")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class MariaDb:
    """A private server, which lives as long as this process's pipe to it."""

    def __init__(self, folder):
        self.folder, self.init = folder, ["--database", f"{folder}/database.yaml"]
        script = '. "$1"; trap stop_mariadb EXIT; private_mariadb "$2" || exit 1; echo up; read -r'
        starter = pathlib.Path(__file__).resolve().parents[1] / "support/private_mariadb.sh"
        self.shell = subprocess.Popen(["bash", "-c", script, "-", str(starter), folder], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        assert self.shell.stdout.readline() == "up\n", "no MariaDB"

    def ask(self, sql):
        told = subprocess.run(["mariadb", "--no-defaults", f"--socket={self.folder}/sock", "-u", "root", "-N", "congvan", "-e", sql],
                              capture_output=True, text=True, check=True)
        return [line.split("\t") for line in told.stdout.splitlines()]

    def stop(self):
        self.shell.stdin.close()
        self.shell.wait()


class Client:
    """A person, who signs in with the first request."""

    def __init__(self, service, login, password=None):
        self.service, self.session = service, None
        self.account = {"login": login, "password": password or (service.password if login == "admin" else PASSWORD)}

    def exchange(self, method, path, body, headers):
        """Status, headers, and the body that was read."""
        context = ssl.create_default_context(cafile=f"{self.service.folder}/root.pem")
        wire = http.client.HTTPSConnection("127.0.0.1", self.service.app, context=context, timeout=60)
        with contextlib.closing(wire):
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            data = answer.read()
        return answer.status, answer.headers, json.loads(data) if "json" in answer.headers.get("Content-Type", "") else data

    def sign_in(self):
        """The answer's status; the session is kept when it was good."""
        body = json.dumps(self.account, ensure_ascii=False).encode()
        status, headers, who = self.exchange("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        if status == 200:
            self.session = {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": who["csrf"]}
        return status

    def send(self, method, path, body=None, etag=None):
        """Status, ETag and body of the answer."""
        if self.session is None:
            status = self.sign_in()
            assert status == 200, f"{self.account['login']} signs in: {status}"
        is_file = isinstance(body, bytes)
        headers = self.session | {"Idempotency-Key": str(uuid.uuid4()),
                                  "Content-Type": "application/pdf" if is_file else "application/json"}
        if etag:
            headers["If-Match"] = etag
        sent = body if is_file or body is None else json.dumps(body, ensure_ascii=False).encode()
        status, answered, data = self.exchange(method, path, sent, headers)
        return status, answered["ETag"], data


class Office:
    """Who is signed in, and a document on its way."""

    def __init__(self, service):
        self.service, self.clients = service, {}

    def as_(self, login):
        if login not in self.clients:
            self.clients[login] = Client(self.service, login)
        return self.clients[login]

    def act(self, login, verb, body, method="POST"):
        """One act on the document, on the version that was read just before."""
        etag = made(self.as_(login).send("GET", self.path))[1]
        return made(self.as_(login).send(method, f"{self.path}/{verb}", body, etag))[0]

    def sign_all(self, agencies, posts, subject):
        """A document drafted and signed by everybody on its route."""
        draft = made(self.as_("chuyenvien").send("POST", "/api/v1/documents", {
            "agency": agencies["top"], "type": "CT", "subject": subject, "recipients": [agencies["so"]]}))[0]
        self.path = f"/api/v1/documents/{draft['id']}"
        self.act("chuyenvien", "file", small_pdf(), "PUT")
        self.act("chuyenvien", "submit", {"initials": [posts["giamdoc"]], "formChecker": posts["chanhvp"], "signer": posts["chutich"]})
        for login in ("giamdoc", "chanhvp", "chutich"):
            self.act(login, "sign", {"pin": PIN})
        return uuid.UUID(draft["id"])

    def trail(self):
        return made(self.as_("vanthu").send("GET", f"{self.path}/trail?limit=200"))[0]["items"]


def made(answer, *statuses):
    """Body and ETag of an answer that had to be good."""
    status, etag, body = answer
    if status not in (statuses or (200, 201)):
        raise RuntimeError(f"{status} {body}")
    return body, etag


# login, agency, title, role
PEOPLE = [("chutich", "top", "Chủ tịch", "leader"), ("vanthu", "top", "Văn thư", "clerk"),
          ("chanhvp", "top", "Chánh Văn phòng", "form-checker"), ("giamdoc", "so", "Giám đốc", "unit-head"),
          ("chuyenvien", "so", "Chuyên viên", "drafter"), ("vanthuso", "so", "Văn thư", "clerk"),
          ("duyet", "top", "Cán bộ duyệt chứng thư", "certificate-officer")]
CLERKS = {"top": "vanthu", "so": "vanthuso"}


def settle(as_, more_people=(), seal_key="server"):
    """Agencies, people, posts and certificates, made by `as_(login).send(...)`. Ids of agencies, posts and people."""
    admin = as_("admin")
    top = made(admin.send("GET", "/api/v1/agencies"))[0]["items"][0]["id"]
    other = made(admin.send("POST", "/api/v1/agencies", {"parent": top, "code": "H64.02", "name": "Sở Thử nghiệm",
                                                         "letters": "STN", "kind": "department"}))[0]["id"]
    agencies, posts, people = {"top": top, "so": other}, {}, {}
    rows = [*PEOPLE, *more_people]
    for login, agency, title, role in rows:
        people[login] = made(admin.send("POST", "/api/v1/people", {"name": title + " " + login, "login": login,
                                                                  "password": PASSWORD}))[0]["id"]
        posts[login] = made(admin.send("POST", "/api/v1/posts", {
            "agency": agencies[agency], "title": title, "holder": people[login],
            "grants": [{"role": role, "over": agencies[agency]}]}))[0]["id"]
    for login, agency, _, role in rows:
        if role in ("leader", "form-checker", "unit-head"):
            certify(as_, login, CLERKS[agency], kind="person", agency=agencies[agency], person=people[login])
    certify(as_, "vanthu", "vanthu", kind="organisation-seal", agency=top, activator=people["vanthu"], key=seal_key)
    return agencies, posts, people


REQUESTS = "/api/v1/certificate-requests"
LETTER = {"documentNumber": "01/CV", "documentDate": "2025-01-06"}


def approve(as_, clerk, **wanted):
    """The request that a clerk entered, the administrator accepted and the second officer approved."""
    request, etag = made(as_(clerk).send("POST", REQUESTS, {"type": "new", **LETTER, **wanted}))
    path = f"{REQUESTS}/{request['id']}"
    accepted, etag = made(as_("admin").send("POST", f"{path}/accept", {}, etag))
    return made(as_("duyet").send("POST", f"{path}/approve", {"contentHash": accepted["contentHash"]}, etag))[0]


def certify(as_, holder, clerk, **wanted):
    """The certificate that the clerk asked for, two officers gave and the holder activated."""
    order = approve(as_, clerk, **wanted)["order"]
    return made(as_(holder).send("POST", f"/api/v1/certificate-orders/{order}/activate", {"pin": PIN}))[0]["id"]


def pdf_of(objects, trailer=b""):
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)


SMALL_OBJECTS = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                 b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"]


def small_pdf():
    return pdf_of(SMALL_OBJECTS)
