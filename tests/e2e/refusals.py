#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input over HTTP: every refusal has its status, its stable code and a sentence in two languages, and changes nothing.

Each refusal is asked for twice, once a language, between two looks at the whole: every table of the database, and what
the API shows of the document in hand (versions with their ETag, files, trail). The service's clock is moved ahead for
delays and expiry (tests/support/later_clock.cpp).

usage: refusals.py CONGVAN LATER_CLOCK [mariadb]
"""
import base64, concurrent.futures, datetime, hashlib, http.client, json, math, os, pathlib, re, socket, sqlite3, ssl, struct, subprocess, sys
import tempfile, threading, time, unicodedata, uuid, zlib

from checks import check, finish
from province import LETTER, PASSWORD, PIN, REQUESTS, SMALL_OBJECTS, STAYS, MariaDb, Service, certify, made, pdf_of, settle, small_pdf

congvan, later_clock, on_mariadb = sys.argv[1], sys.argv[2], "mariadb" in sys.argv[3:]
ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUES, WORDS = ({language: json.loads((ROOT / f"src/edge/http/{kind}/{language}.json").read_text()) for language in ("vi", "en")}
                     for kind in ("messages", "words"))
LIMIT = 64 << 10
WRONG_PIN = "86427531"
# Moved by the service itself: leases and log heads while it runs, CRLs with time; of sessions the hour of the last use.
MOVING = {"leases", "log_heads", "log_leaves", "issuers", "sessions"}


class Answer:
    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data
        self.etag = headers.get("ETag")
        self.json = json.loads(data) if "json" in headers.get("Content-Type", "") else None
        self.code = self.json.get("code") if isinstance(self.json, dict) else None

    def stable(self):
        """What two answers that say the same have in common."""
        return self.status, {k: v for k, v in (self.json or {}).items() if k != "traceId"}


class Person:
    """A signed-in browser."""

    def __init__(self, office, login=None, password=PASSWORD):
        self.office, self.cookie, self.csrf = office, None, None
        if login:
            answer = self.ask("POST", "/api/v1/session", {"login": login, "password": password})
            assert answer.status == 200, f"{login}: {answer.data}"
            self.cookie, self.csrf = answer.headers["Set-Cookie"].split(";")[0], answer.json["csrf"]

    def headers(self, language, etag, key, more, kind=None):
        headers = {"Accept-Language": language, "Cookie": self.cookie, "X-CSRF-Token": self.csrf, "If-Match": etag,
                   "Idempotency-Key": key, "Content-Type": kind, **(more or {})}
        return {name: value for name, value in headers.items() if value is not None}

    def ask(self, method, path, body=None, etag=None, key=None, language="vi", more=None):
        sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        wire = http.client.HTTPSConnection("127.0.0.1", self.office.service.app, context=self.office.tls, timeout=60)
        kind = None if body is None else "application/octet-stream" if isinstance(body, bytes) else "application/json"
        wire.request(method, path, sent, self.headers(language, etag, key, more, kind))
        answer = wire.getresponse()
        answer = Answer(answer.status, answer.headers, answer.read())
        wire.close()
        return answer

    def send(self, method, path, body=None, etag=None):
        answer = self.ask(method, path, body, etag, str(uuid.uuid4()))
        return answer.status, answer.etag, answer.json

    def raw(self, target, body=b"", method="GET", length=None, language="vi", etag=None, more=None, ends=False):
        """A request as bytes, for what no client library sends; `ends`: the sending side is closed behind it."""
        wire = self.office.tls.wrap_socket(socket.create_connection(("127.0.0.1", self.office.service.app), 60))
        lines = [b"%s %s HTTP/1.1" % (method.encode(), target), b"Host: 127.0.0.1", b"Connection: close"]
        if length is not None:
            lines.append(b"Content-Length: %d" % length)
        lines += [f"{name}: {value}".encode() for name, value in self.headers(language, etag, None, more).items()]
        wire.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        if ends:
            wire.settimeout(0)
            try:
                wire._sslobj.shutdown()  # sends close_notify; SSLSocket.unwrap() would wait for the other side's
            except ssl.SSLWantReadError:
                wire.settimeout(60)
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        answer = Answer(answer.status, answer.headers, answer.read())
        wire.close()
        return answer


class Checksums(MariaDb):
    def tables(self):
        names = [row[0] for row in self.ask("SHOW TABLES")]
        sums = {name.split(".")[1]: total for name, total in self.ask("CHECKSUM TABLE " + ", ".join(names))}
        return {name: total for name, total in sums.items() if name not in MOVING} | {"sessions": self.ask("SELECT COUNT(*) FROM sessions")}


class Sqlite:
    init = []

    def __init__(self, file):
        self.file = file

    def tables(self):
        reader = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        names = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        sums = {name: hashlib.sha256(repr(reader.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()).encode()).digest()
                for name in names if name not in MOVING}
        sums["sessions"] = reader.execute("SELECT COUNT(*) FROM sessions").fetchall()
        reader.close()
        return sums

    def stop(self):
        pass


class Office:
    """The service, its clock, its database, and who is signed in."""

    def __init__(self, folder):
        self.tls = ssl._create_unverified_context()
        self.clock = pathlib.Path(folder, "clock")
        self.seconds_ahead = 0
        self.advance(0)
        self.database = Checksums(folder) if on_mariadb else Sqlite(f"{folder}/data/db/congvan.sqlite")
        self.service = Service(congvan, folder + "/data", settings=f"limits: {{ upload_bytes: {LIMIT} }}\n",
                               init=self.database.init,
                               environment=os.environ | {"LD_PRELOAD": later_clock, "CONGVAN_LATER_CLOCK": str(self.clock)})
        self.service.start()
        self.people = {}

    def advance(self, seconds):
        self.seconds_ahead += seconds
        with open(self.clock, "r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("q", self.seconds_ahead))

    def as_(self, login):
        if login not in self.people:
            self.people[login] = Person(self, login, self.service.password if login == "admin" else PASSWORD)
        return self.people[login]


# ---- what nothing may change ------------------------------------------------------------------------------------------


def views(office, document):
    """What its drafter and an auditor see of a document."""
    if document is None:
        return None
    path = f"/api/v1/documents/{document}"
    drafter, auditor = office.as_("chuyenvien"), office.as_("thanhtra")
    seen = [drafter.ask("GET", path), drafter.ask("GET", f"{path}/versions"), drafter.ask("GET", f"{path}/deliveries"),
            drafter.ask("GET", f"{path}/file")]
    trail = auditor.ask("GET", f"{path}/trail")
    # Not the proofs: they follow the log as it grows.
    events = [(event["id"], event["kind"], event["details"]) for event in trail.json["items"]]
    return [(answer.status, answer.etag, answer.data if answer.status == 200 else answer.code) for answer in seen], events


def words(group, language):
    known = [re.escape(word) for key, word in WORDS[language].items() if key.startswith(group + ".")]
    return f"({'|'.join(known)})"


def says(answer, language):
    """Whether the sentence is that of the catalogue, with its parameters filled in; `{role.role}` by one of the words of roles."""
    template = re.escape(CATALOGUES[language].get(answer.code, "\0"))
    template = re.sub(r"\\\{(\w+)\\\.\w+\\\}", lambda found: words(found[1], language), template)
    template = re.sub(r"\\\{\w+\\\}", ".+", template)
    template = re.sub(r"\\\[(.*?)\\\]", r"(\1)?", template)
    return re.fullmatch(template, (answer.json or {}).get("detail", "")) is not None


def cut_off(office, what, person, target, body, length, document):
    """The line breaks in the middle of a body: nobody is there to be answered, and nothing changed."""
    look = lambda: (views(office, document), office.database.tables())
    before = look()
    wire = office.tls.wrap_socket(socket.create_connection(("127.0.0.1", office.service.app), 60))
    head = "".join(f"{name}: {value}\r\n" for name, value in person.headers("vi", '"v1"', None, None).items())
    wire.sendall(f"PUT {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n{head}\r\n".encode() + body)
    wire.close()
    check(office.as_("chuyenvien").ask("GET", "/api/v1/session").status == 200, f"{what}: others are served")
    check(look() == before, f"{what}: something changed")


def refused(office, what, ask, status, code, document=None, touches=(), languages=("vi", "en")):
    """`ask(language)` is refused so in each language, and nothing but the tables of `touches` changes."""
    look = lambda: (views(office, document), office.database.tables())
    (seen, tables), answers = look(), []
    for language in languages:
        answer = ask(language)
        answers.append(answer)
        check((answer.status, answer.code) == (status, code), f"{what}: {answer.status} {answer.code} instead of {status} {code}")
        check(says(answer, language), f"{what}: in {language} it says {(answer.json or {}).get('detail')!r}")
    seen_then, tables_then = look()
    changed = {name for name in tables | tables_then if tables.get(name) != tables_then.get(name)} - set(touches)
    check(not changed, f"{what}: changed {sorted(changed)}")
    check(seen == seen_then, f"{what}: the document was {seen}, is {seen_then}")
    return answers


def delayed(office, what, ask, code, document=None):
    """It is refused for a while, and the header says how long that still is."""
    before = time.time() + office.seconds_ahead
    answers = refused(office, what, ask, 429, code, document)
    after = time.time() + office.seconds_ahead
    for answer in answers:
        until = datetime.datetime.fromisoformat(answer.json["params"]["until"]).timestamp()
        left = int(answer.headers["Retry-After"])
        check(math.ceil(until - after) <= left <= math.ceil(until - before), f"{what}: Retry-After: {left}, until {until}, now {after}")


# ---- ways to a document -----------------------------------------------------------------------------------------------


class Papers:
    """Documents at the points of their way where the refusals are tried."""

    def __init__(self, office, agencies, posts):
        self.office, self.agencies, self.posts = office, agencies, posts

    def route(self, head="phogiamdoc", signer="chutich"):
        return {"initials": [self.posts[head]], "formChecker": self.posts["chanhvp"], "signer": self.posts[signer]}

    def wanted(self, **other):
        return {"agency": self.agencies["top"], "type": "CT", "subject": "Về việc thử nghiệm",
                "recipients": [self.agencies["so"], self.agencies["xa"]]} | other

    def draft(self, **other):
        return made(self.office.as_("chuyenvien").send("POST", "/api/v1/documents", self.wanted(**other)))[0]["id"]

    def act(self, login, document, verb, body=None):
        path, person = f"/api/v1/documents/{document}", self.office.as_(login)
        _, etag = made(person.send("GET", path))
        method, verb = ("PUT", "file") if verb == "file" else ("POST", verb)
        return made(person.send(method, f"{path}/{verb}", body, etag))[0]

    def with_file(self, **other):
        document = self.draft(**other)
        self.act("chuyenvien", document, "file", small_pdf())
        return document

    def submitted(self, **route):
        document = self.with_file()
        self.act("chuyenvien", document, "submit", self.route(**route))
        return document

    def signed(self, **route):
        document = self.submitted(**route)
        for login in (route.get("head", "phogiamdoc"), "chanhvp", route.get("signer", "chutich")):
            self.act(login, document, "sign", {"pin": PIN})
        return document

    def dispatched(self):
        document = self.signed()
        self.act("vanthu", document, "issue", {"pin": PIN})
        self.act("vanthu", document, "dispatch")
        return document

    def arrivals(self, count):
        """What waits at the commune once its signatures are judged, `count` in all."""
        for _ in range(600):
            items = self.office.as_("vanthuxa").ask("GET", "/api/v1/incoming?state=arrived&limit=200").json["items"]
            if len(items) >= count and all(item["verification"] for item in items):
                return items
            threading.Event().wait(0.05)
        raise RuntimeError(f"{count} arrivals were not judged in 30 s")


def etag_of(person, path):
    return person.ask("GET", path).etag


# ---- the refusals -----------------------------------------------------------------------------------------------------


def signing_in(office, papers):
    nobody = Person(office)
    attempt = lambda login, password, **more: lambda language: nobody.ask(
        "POST", "/api/v1/session", {"login": login, "password": password}, language=language, **more)
    refused(office, "no session", lambda language: nobody.ask("GET", "/api/v1/documents", language=language), 401, "session_missing")
    refused(office, "unknown login", attempt("khongco", PASSWORD), 401, "sign_in_failed",
            touches={"sign_in_tries"})
    refused(office, "a login with NUL", attempt("chu\0tich", PASSWORD), 400, "field_control_character")
    refused(office, "signing in from the page of another site",
            attempt("chutich", PASSWORD, more={"Origin": "https://example"}), 403, "origin_foreign")
    for site in ("cross-site", "same-site"):
        refused(office, f"signing in from a page that the browser calls {site}",
                attempt("chutich", PASSWORD, more={"Sec-Fetch-Site": site}), 403, "origin_foreign")
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        refused(office, f"signing in with a body that is {kind}", attempt("chutich", PASSWORD, more={"Content-Type": kind}),
                415, "body_type_not_json")
    wrong = {"touches": {"sign_in_tries", "audit_events"}}
    for count in ("first and second", "third and fourth"):
        refused(office, f"{count} wrong password", attempt("nhamlan", "sai-mat-khau"), 401, "sign_in_failed", **wrong)
    refused(office, "fifth wrong password", attempt("nhamlan", "sai-mat-khau"), 401, "sign_in_failed", languages=["vi"], **wrong)
    delayed(office, "the right password within the delay", attempt("nhamlan", PASSWORD), "sign_in_delayed")
    office.advance(16)
    check(attempt("nhamlan", PASSWORD)("vi").status == 200, "the right password after the delay signs in")

    person = Person(office, "vanthuso")
    person.ask("DELETE", "/api/v1/session")
    refused(office, "a session replayed after signing out, reading",
            lambda language: person.ask("GET", "/api/v1/incoming", language=language), 401, "session_missing")
    refused(office, "a session replayed after signing out, changing",
            lambda language: person.ask("POST", "/api/v1/documents", papers.wanted(), language=language), 401, "session_missing")


def forged_requests(office, papers):
    drafter, other = office.as_("chuyenvien"), office.as_("vanthu")
    draft = lambda **more: lambda language: drafter.ask("POST", "/api/v1/documents", papers.wanted(), language=language, more=more)
    refused(office, "no CSRF token", draft(**{"X-CSRF-Token": None}), 403, "csrf_missing")
    refused(office, "a wrong CSRF token", draft(**{"X-CSRF-Token": "x" * 43}), 403, "csrf_missing")
    refused(office, "another session's CSRF token", draft(**{"X-CSRF-Token": other.csrf}), 403, "csrf_missing")
    refused(office, "the page of another site", draft(Origin="https://example"), 403, "origin_foreign")
    refused(office, "a page without an origin", draft(Origin="null"), 403, "origin_foreign")
    refused(office, "a page that the browser knows for another site's", draft(**{"Sec-Fetch-Site": "cross-site"}), 403, "origin_foreign")
    refused(office, "JSON that is sent as text", draft(**{"Content-Type": "text/plain"}), 415, "body_type_not_json")
    own = drafter.ask("POST", "/api/v1/documents", papers.wanted(), more={"Origin": f"https://127.0.0.1:{office.service.app}",
                                                                                  "Sec-Fetch-Site": "same-origin"})
    check(own.status == 201, f"our own page may draft: {own.data}")


def drafting(office, papers):
    draft = lambda login="chuyenvien", **other: lambda language: office.as_(login).ask(
        "POST", "/api/v1/documents", papers.wanted(**other), language=language)
    refused(office, "an unknown agency as recipient", draft(recipients=[str(uuid.uuid4())]), 422, "recipient_unknown")
    refused(office, "an agency that is no id", draft(recipients=["H64.02"]), 400, "field_not_an_id")
    refused(office, "a unit as recipient", draft(recipients=[papers.agencies["phong"]]), 422, "recipient_is_unit")
    refused(office, "an unknown agency as issuer", draft(agency=str(uuid.uuid4())), 422, "agency_cannot_issue")
    refused(office, "NUL in the subject", draft(subject="Về\0việc"), 400, "field_control_character")
    refused(office, "a subject that is too long", draft(subject="x" * 501), 400, "field_too_long")
    refused(office, "a clerk who drafts", draft("vanthu"), 403, "role_missing")


def flate_bomb(size):
    squeeze = zlib.compressobj(9)
    return b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)) + squeeze.flush()


def stream(dictionary, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def bombs():
    """Small files that would cost much to read whole; each with the codes that are clear answers to it."""
    catalogue, pages, page = SMALL_OBJECTS
    deep = pdf_of([catalogue, pages, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /X " + b"[" * 20000 + b"]" * 20000 + b" >>"])
    yield "arrays nested 20,000 deep", deep, {"pdf_too_complex", "pdf_malformed", "pdf_damaged"}
    yield "dictionaries nested 5,000 deep", pdf_of([catalogue, pages, page[:-2] + b"/X " + b"<< /X " * 5000 + b"1" + b" >>" * 5000 + b" >>"]), \
        {"pdf_too_complex", "pdf_malformed", "pdf_damaged"}
    yield "two thousand million objects", small_pdf().replace(b"/Size 4", b"/Size 2000000000"), {"pdf_too_complex"}
    yield "a section of a thousand million entries", small_pdf().replace(b"xref\n0 4\n", b"xref\n0 999999999\n"), \
        {"pdf_too_complex", "pdf_malformed", "pdf_damaged"}
    kids = b" ".join(b"3 0 R" for _ in range(8000))
    yield "one page 8,000 times", pdf_of([catalogue, b"<< /Type /Pages /Kids [%s] /Count 8000 >>" % kids, page]), \
        {"pdf_too_complex", "pdf_too_many_pages", "pdf_malformed", "pdf_damaged"}
    tree = [catalogue] + [b"<< /Type /Pages /Kids [%s] /Count 99999999 >>" % b" ".join(b"%d 0 R" % (level + 3) for _ in range(10))
                          for level in range(8)] + [b"<< /Type /Page /MediaBox [0 0 595 842] >>"]
    yield "a tree of a hundred million pages", pdf_of(tree), {"pdf_too_complex", "pdf_too_many_pages", "pdf_malformed", "pdf_damaged"}
    loop = pdf_of([catalogue, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])
    yield "pages that contain themselves", loop, {"pdf_too_complex", "pdf_malformed", "pdf_damaged"}
    # A cross-reference stream of 32 MiB and, where that is read, an object stream of 32 MiB.
    out = b"%PDF-1.7\n"
    place = len(out)
    out += b"1 0 obj\n" + stream(b"/Type /XRef /Size 4 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode", flate_bomb(32 << 20)) + b"\nendobj\n"
    yield "a cross-reference stream that swells", out + b"startxref\n%d\n%%%%EOF\n" % place, {"pdf_too_complex", "pdf_malformed", "pdf_damaged"}
    twice = zlib.compress(flate_bomb(256 << 20), 9)
    out = b"%PDF-1.7\n"
    holder = len(out)
    out += b"2 0 obj\n" + stream(b"/Type /ObjStm /N 3 /First 20 /Filter [/FlateDecode /FlateDecode]", twice) + b"\nendobj\n"
    place = len(out)
    entries = struct.pack(">BIH", 0, 0, 65535) + struct.pack(">BIH", 2, 2, 0) + struct.pack(">BIH", 1, holder, 0) + struct.pack(">BIH", 1, place, 0)
    out += b"3 0 obj\n" + stream(b"/Type /XRef /Size 4 /W [1 4 2] /Root 1 0 R", entries) + b"\nendobj\n"
    yield "an object stream that swells twice", out + b"startxref\n%d\n%%%%EOF\n" % place, {"pdf_too_complex", "pdf_malformed", "pdf_damaged"}


def encrypted_pdf():
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "plain.pdf").write_bytes(small_pdf())
        subprocess.run(["qpdf", "--encrypt", "", "owner", "256", "--", f"{folder}/plain.pdf", f"{folder}/locked.pdf"], check=True)
        return pathlib.Path(folder, "locked.pdf").read_bytes()


def padded_to(size):
    """A PDF of exactly so many bytes."""
    base = len(pdf_of([*SMALL_OBJECTS, stream(b"", b"")]))
    for filling in range(size - base - 16, size - base + 1):
        pdf = pdf_of([*SMALL_OBJECTS, stream(b"", b" " * filling)])
        if len(pdf) == size:
            return pdf
    raise RuntimeError("no padding fits")


def peak_memory(office):
    status = pathlib.Path(f"/proc/{office.service.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10


def uploading(office, papers):
    drafter, document = office.as_("chuyenvien"), papers.draft()
    path = f"/api/v1/documents/{document}/file"
    put = lambda body, etag='"v1"', **more: lambda language: drafter.ask("PUT", path, body, etag, language=language, more=more)
    no = lambda what, body, status, code: refused(office, what, put(body), status, code, document)
    no("a file of no bytes", b"", 400, "file_empty")
    no("a file that is no PDF", b"PK\3\4 this is a ZIP" * 50, 400, "pdf_malformed")
    no("a page that calls itself a PDF", b"<html>%PDF-1.7</html>", 400, "pdf_damaged")
    no("half a PDF", small_pdf()[:200], 400, "pdf_damaged")
    no("an encrypted PDF", encrypted_pdf(), 400, "pdf_encrypted")
    no("one byte over the limit", padded_to(LIMIT + 1), 413, "body_too_large")
    refused(office, "far over the limit, by its declared length alone",
            lambda language: drafter.raw(path.encode(), b"%PDF-1.7", "PUT", 1 << 40, language, '"v1"'), 413, "body_too_large", document)
    for sent in (0, 100, len(small_pdf()) - 1):
        refused(office, f"an upload cut off after {sent} bytes",
                lambda language: drafter.raw(path.encode(), small_pdf()[:sent], "PUT", len(small_pdf()), language, '"v1"', ends=True),
                400, "body_truncated", document)
    cut_off(office, "a line that breaks in an upload", drafter, path, small_pdf()[:100], len(small_pdf()), document)
    refused(office, "an upload in chunks", lambda language: drafter.raw(
        path.encode(), b"5\r\n%PDF-\r\n0\r\n\r\n", "PUT", None, language, '"v1"', {"Transfer-Encoding": "chunked"}), 411, "length_required", document)
    refused(office, "an upload without If-Match", put(small_pdf(), None), 428, "if_match_missing", document)
    refused(office, "an upload with an If-Match of another form", put(small_pdf(), "v1"), 400, "if_match_malformed", document)
    refused(office, "an upload on a version that is not there", put(small_pdf(), '"v7"'), 412, "version_stale", document)
    memory = peak_memory(office)  # one stream may swell to 128 MiB, see OpenLimits in trust/pdf
    for what, bomb, codes in bombs():
        assert len(bomb) <= LIMIT, f"{what} has {len(bomb)} bytes"
        code = put(bomb)("vi").code
        check(code in codes, f"{what}: {code}")
        refused(office, what, put(bomb), put(bomb)("vi").status, code, document)
    grown = peak_memory(office) - memory
    check(grown < 192 << 20, f"the bombs cost {grown >> 20} MiB of memory")
    exact = put(padded_to(LIMIT), **{"Content-Disposition": 'attachment; filename="../../congvan.yaml"'})("vi")
    check(exact.status == 200 and exact.json["size"] == LIMIT, f"a file of exactly the limit: {exact.data}")
    over = lambda language: drafter.ask("POST", "/api/v1/verify", bytes(LIMIT + 1), language=language)
    refused(office, "a file to verify that is one byte over the limit", over, 413, "body_too_large")
    refused(office, "the same file on the version before", put(padded_to(LIMIT)), 412, "version_stale", document)


def sending_twice(office, papers):
    drafter, document = office.as_("chuyenvien"), papers.draft()
    path = f"/api/v1/documents/{document}"
    put = lambda body, key: lambda language: drafter.ask("PUT", f"{path}/file", body, '"v1"', key, language)
    first = put(small_pdf(), "tep-1")("vi")
    again = put(small_pdf(), "tep-1")("vi")
    check(first.status == 200 and first.stable() == again.stable(), f"an upload sent twice: {first.data} {again.data}")
    refused(office, "another file under the same key", put(padded_to(2000), "tep-1"), 422, "idempotency_key_reused", document)

    submit = lambda key=None, **route: lambda language: drafter.ask("POST", f"{path}/submit", papers.route(**route), '"v2"', key, language)
    refused(office, "a key that is too long", submit("k" * 201), 400, "idempotency_key_malformed", document)
    first = submit("trinh-1")("vi")
    check(first.status == 200, f"submitting: {first.data}")
    before = views(office, document)
    again = submit("trinh-1")("vi")
    check(first.stable() == again.stable() and before == views(office, document), f"a submission sent twice: {first.data} {again.data}")
    refused(office, "another route under the same key", submit("trinh-1", head="giamdoc"), 422, "idempotency_key_reused", document)
    refused(office, "a duplicate submission without a key", submit(), 412, "version_stale", document)
    draft = lambda subject: lambda language: drafter.ask("POST", "/api/v1/documents", papers.wanted(subject=subject), None, "moi-1", language)
    first, again = draft("Một")("vi"), draft("Một")("vi")
    check(first.status == 201 and first.stable() == again.stable(), "a draft sent twice is one draft")
    refused(office, "another draft under the same key", draft("Hai"), 422, "idempotency_key_reused")


def out_of_turn(office, papers):
    document = papers.submitted()
    path = f"/api/v1/documents/{document}"
    now = etag_of(office.as_("chuyenvien"), path)
    act = lambda login, verb, body=None, etag=now: lambda language: office.as_(login).ask("POST", f"{path}/{verb}", body, etag, language=language)
    pin = {"pin": PIN}
    refused(office, "signing before one's turn", act("chutich", "sign", pin), 403, "not_your_turn", document)
    refused(office, "a drafter who signs", act("chuyenvien", "sign", pin), 403, "not_your_turn", document)
    refused(office, "a drafter who issues", act("chuyenvien", "issue", pin), 403, "role_missing", document)
    refused(office, "a drafter who dispatches", act("chuyenvien", "dispatch"), 403, "role_missing", document)
    refused(office, "a clerk who issues what is not signed", act("vanthu", "issue", pin), 409, "document_state_wrong", document)
    refused(office, "an auditor who returns", act("thanhtra", "return", {"reason": "Không"}), 403, "not_your_turn", document)
    refused(office, "a drafter who adds an agency", lambda language: office.as_("chuyenvien").ask(
        "POST", "/api/v1/agencies", {"parent": papers.agencies["top"], "code": "H64.99", "name": "x", "kind": "department"}, language=language),
        403, "role_missing")
    refused(office, "a drafter who lists certificates",
            lambda language: office.as_("chuyenvien").ask("GET", "/api/v1/certificates", language=language), 403, "role_missing")
    refused(office, "signing a version that is gone", act("phogiamdoc", "sign", pin, '"v2"'), 412, "version_stale", document)
    refused(office, "signing no version", act("phogiamdoc", "sign", pin, None), 428, "if_match_missing", document)
    refused(office, "signing with a version of another form", act("phogiamdoc", "sign", pin, "*"), 400, "if_match_malformed", document)


def foreign_ids(office, papers):
    """What is another agency's is answered like what is nobody's."""
    document, foreigner = papers.dispatched(), office.as_("vanthuxa2")
    incoming = papers.arrivals(1)[0]["id"]

    def same(person, method, pattern, code, body=None):
        known, unknown = pattern
        ask = lambda language, path: person.ask(method, path, body, '"v1"' if method != "GET" else None, language=language)
        refused(office, f"{method} {known}", lambda language: ask(language, known), 404, code, document)
        check(ask("vi", known).stable() == ask("vi", unknown).stable(), f"{method} {known} tells that it is there")

    pair = lambda path, own, rest: [f"/api/v1/{path}/{one}{rest}" for one in (own, uuid.UUID(int=uuid.uuid1().int & ~(0xf << 76) | 7 << 76))]
    for part in ("", "/file", "/versions", "/deliveries", "/verification", "/trail"):
        same(foreigner, "GET", pair("documents", document, part), "document_missing")
    for verb, body in (("submit", papers.route()), ("sign", {"pin": PIN}), ("return", {"reason": "x"}), ("issue", {"pin": PIN}), ("dispatch", None)):
        same(foreigner, "POST", pair("documents", document, f"/{verb}"), "document_missing", body)
    same(foreigner, "PUT", pair("documents", document, "/file"), "document_missing", small_pdf())
    stranger = office.as_("vanthuso")
    for part in ("", "/file", "/verification", "/assignments"):
        same(stranger, "GET", pair("incoming", incoming, part), "incoming_missing")
    for verb, body in (("register", None), ("return", {"reason": "x"}), ("assignments", {"lead": papers.posts["giamdoc"], "opinion": "x"})):
        same(stranger, "POST", pair("incoming", incoming, f"/{verb}"), "incoming_missing", body)
    refused(office, "an id that is none", lambda language: stranger.ask("GET", "/api/v1/documents/1", language=language), 400, "id_malformed")


def wrong_pins(office, papers):
    document = papers.submitted(head="giamdoc")
    path = f"/api/v1/documents/{document}"
    now = etag_of(office.as_("giamdoc"), path)
    sign = lambda pin: lambda language: office.as_("giamdoc").ask("POST", f"{path}/sign", {"pin": pin}, now, language=language)
    wrong = {"touches": {"key_access", "audit_events"}, "languages": ["vi"]}
    refused(office, "a PIN of the wrong kind", lambda language: office.as_("giamdoc").ask(
        "POST", f"{path}/sign", {"pin": 13572468}, now, language=language), 400, "field_not_a_text", document)
    first = refused(office, "first and second wrong PIN", sign(WRONG_PIN), 401, "pin_wrong", document, wrong["touches"])
    check([answer.json["params"]["left"] for answer in first] == ["5", "4"], "wrong PINs are counted")
    for left, delay in ((3, 15), (2, 30), (1, 60)):
        told = refused(office, f"a wrong PIN that leaves {left}", sign(WRONG_PIN), 401, "pin_wrong", document, **wrong)
        check(told[0].json["params"]["left"] == str(left), f"{left} tries are left: {told[0].data}")
        for pin in (PIN, WRONG_PIN):
            delayed(office, "a PIN within the delay", sign(pin), "pin_delayed", document)
        office.advance(delay + 1)
    refused(office, "the sixth wrong PIN", sign(WRONG_PIN), 403, "key_locked", document, **wrong)
    refused(office, "the right PIN of a locked key", sign(PIN), 403, "key_locked", document)
    office.advance(20 * 60)
    refused(office, "the right PIN of a locked key, later", sign(PIN), 403, "key_locked", document)

    signed = papers.signed()
    path = f"/api/v1/documents/{signed}"
    clerk = office.as_("vanthu")
    office.as_("vanthu2")
    issue = lambda login, pin: lambda language: office.as_(login).ask(
        "POST", f"{path}/issue", {"pin": pin}, etag_of(clerk, path), language=language)
    refused(office, "a clerk without access to the seal", issue("vanthu2", PIN), 403, "key_not_yours", signed)
    refused(office, "a wrong PIN at the seal", issue("vanthu", WRONG_PIN), 401, "pin_wrong", signed, wrong["touches"])
    papers.act("vanthu", signed, "issue", {"pin": PIN})


def together(count, act):
    """`act(0)`, `act(1)`, … at the same moment; their results in this order."""
    gate = threading.Barrier(count)
    run = lambda index: (gate.wait(), act(index))[1]
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def at_once(office, papers):
    start = max((item["number"] or 0) for item in office.as_("vanthu").ask("GET", "/api/v1/documents?box=agency&limit=200").json["items"])
    documents = [papers.signed() for _ in range(4)]
    clerks = [Person(office, "vanthu") for _ in range(2)]
    for document in documents:  # each by both at once: one of them issues it, the other learns that it moved
        path = f"/api/v1/documents/{document}"
        seen = etag_of(clerks[0], path)
        answers = together(2, lambda index: clerks[index].ask("POST", f"{path}/issue", {"pin": PIN}, seen))
        check(sorted(answer.status for answer in answers) == [200, 412], f"two clerks at one document: {[answer.data for answer in answers]}")
    documents += [papers.signed() for _ in range(2)]
    seen = {document: etag_of(clerks[0], f"/api/v1/documents/{document}") for document in documents[4:]}
    answers = together(2, lambda index: clerks[index].ask(
        "POST", f"/api/v1/documents/{documents[4 + index]}/issue", {"pin": PIN}, seen[documents[4 + index]]))
    check([answer.status for answer in answers] == [200, 200], f"two clerks at two documents: {[answer.data for answer in answers]}")
    numbers = sorted(clerks[0].ask("GET", f"/api/v1/documents/{document}").json["number"] for document in documents)
    check(numbers == list(range(start + 1, start + 7)), f"numbers after {start}: {numbers}")

    for document in documents:
        papers.act("vanthu", document, "dispatch")
    arrivals = papers.arrivals(6)
    registrars = [office.as_("vanthuxa"), office.as_("vanthuxa2")]
    for arrival in arrivals:
        path = f"/api/v1/incoming/{arrival['id']}/register"
        answers = together(2, lambda index: registrars[index].ask("POST", path, None, f'"v{arrival["version"]}"'))
        check(sorted(answer.status for answer in answers) == [200, 412], f"two clerks at one arrival: {[answer.data for answer in answers]}")
    numbers = sorted(item["arrivalNumber"] for item in registrars[0].ask("GET", "/api/v1/incoming?state=registered&limit=200").json["items"])
    check(numbers == list(range(1, len(arrivals) + 1)), f"arrival numbers: {numbers}")


def path_tricks(office, papers):
    nobody = Person(office)
    climbing = [b"/assets/../../congvan.yaml", b"/assets/../../../data/secret.key", b"/../../etc/passwd", b"/assets/./x.js", b"/assets//etc/passwd",
                b"//etc/passwd", b"/assets/%2e%2e/%2e%2e/congvan.yaml", b"/assets/..%2f..%2fcongvan.yaml", b"/assets/..\\..\\congvan.yaml",
                b"/assets/..%5c..%5ccongvan.yaml", b"/assets/%00.js", b"/assets/x%00.js", b"/assets/" + b"a" * 8100,
                b"/api/v1/documents/..%2f..%2fsecret.key/file"]
    for target in climbing:
        refused(office, f"GET {target[:60]!r}", lambda language: nobody.raw(target, language=language), 400, "request_target")
    for target in (b"/assets/C:congvan.yaml", b"/assets/congvan.yaml", b"/assets/secret.key", b"/assets/" + b"a" * 255 + b".js", b"/api/v1/none"):
        refused(office, f"GET {target[:60]!r}", lambda language: nobody.raw(target, language=language), 404, "route_missing")
    name = "../../etc/passwd\\..\\C:\\congvan.yaml " + "dài " * 50
    document = papers.with_file(subject=name)
    drafter = office.as_("chuyenvien")
    check(drafter.ask("GET", f"/api/v1/documents/{document}").json["subject"] == name.strip(), "a subject is text and nothing else")
    given = drafter.ask("GET", f"/api/v1/documents/{document}/file").headers["Content-Disposition"]
    check(re.fullmatch(r"attachment; filename=\"[\w.-]+\"; filename\*=UTF-8''[\w.-]+", given) and ".." not in given, f"the name of a download: {given}")


def decomposed_text(office, papers):
    subject = "Về việc phòng, chống thiên tai ở xã Tân Hòa"
    decomposed = unicodedata.normalize("NFD", subject)
    assert decomposed != subject
    document = papers.draft(subject=decomposed)
    drafter = office.as_("chuyenvien")
    check(drafter.ask("GET", f"/api/v1/documents/{document}").json["subject"] == subject, "decomposed text is kept composed")
    found = [item["id"] for item in drafter.ask("GET", "/api/v1/documents?limit=200").json["items"] if item["subject"] == subject]
    check(found == [document], "decomposed text is found composed")
    # A password typed on two keyboards.
    password = "mật khẩu rất dài"
    admin = office.as_("admin")
    person = made(admin.send("POST", "/api/v1/people", {"name": unicodedata.normalize("NFD", "Nguyễn Thị Hạnh"), "login": "hanh",
                                                       "password": unicodedata.normalize("NFD", password)}))[0]
    check(person["name"] == "Nguyễn Thị Hạnh", "a decomposed name is kept composed")
    made(admin.send("POST", "/api/v1/posts", {"agency": papers.agencies["top"], "title": "Chuyên viên", "holder": person["id"]}))
    for form in ("NFC", "NFD"):
        answer = Person(office).ask("POST", "/api/v1/session", {"login": "hanh", "password": unicodedata.normalize(form, password)})
        check(answer.status == 200, f"a password in {form}: {answer.data}")


def own_password(office, papers):
    """One's own password: what is refused, and what a change ends."""
    own, elsewhere = Person(office, "nhamlan"), Person(office, "nhamlan")
    path, new = "/api/v1/session/password", "mười hai con giáp"
    change = lambda before, after, **more: lambda language: own.ask(
        "POST", path, {"before": before, "after": after}, language=language, **more)
    refused(office, "a password of 9 characters", change(PASSWORD, "a" * 9), 422, "password_too_short")
    refused(office, "a password of 9 characters that are 10 when decomposed", change(PASSWORD, unicodedata.normalize("NFD", "giáp-2026")),
            422, "password_too_short")
    refused(office, "a password of 257 bytes", change(PASSWORD, "a" * 257), 400, "field_too_long")
    refused(office, "the same password", change(PASSWORD, PASSWORD), 422, "password_unchanged")
    refused(office, "no new password", lambda language: own.ask("POST", path, {"before": PASSWORD}, language=language), 400, "field_missing")
    refused(office, "a change from the page of another site", change(PASSWORD, new, more={"Origin": "https://example"}), 403, "origin_foreign")
    refused(office, "a change without the header", change(PASSWORD, new, more={"X-CSRF-Token": "x"}), 403, "csrf_missing")
    refused(office, "a change by nobody", lambda language: Person(office).ask(
        "POST", path, {"before": PASSWORD, "after": new}, language=language), 401, "session_missing")
    wrong = {"touches": {"sign_in_tries", "audit_events"}}
    for count in ("first and second", "third and fourth"):
        refused(office, f"{count} change with a wrong password", change("sai-mat-khau", new), 401, "password_wrong", **wrong)
    refused(office, "the fifth", change("sai-mat-khau", new), 401, "password_wrong", languages=["vi"], **wrong)
    delayed(office, "a change within the delay", change(PASSWORD, new), "sign_in_delayed")
    office.advance(16)
    changed = change(PASSWORD, unicodedata.normalize("NFD", new), key="once")
    answers = [changed("vi"), changed("en")]
    check([answer.status for answer in answers] == [200, 200], f"changed, and the same request again: {answers[0].data} {answers[1].data}")
    check(own.ask("GET", "/api/v1/documents").status == 200, "the session that changed it goes on")
    refused(office, "a session elsewhere", lambda language: elsewhere.ask("GET", "/api/v1/documents", language=language), 401, "session_missing")
    refused(office, "the old password", lambda language: Person(office).ask(
        "POST", "/api/v1/session", {"login": "nhamlan", "password": PASSWORD}, language=language), 401, "sign_in_failed", **wrong)
    longest = "a" * 256
    check(Person(office, "nhamlan", new).ask("POST", path, {"before": new, "after": longest}).status == 200, "256 bytes are taken")
    check(Person(office, "nhamlan", longest).ask("GET", "/api/v1/session").json["passwordDue"] is False, "and open the door")


def first_password(office, papers):
    """A password that an administrator chose is good for changing it, and for nothing else."""
    file = pathlib.Path(office.service.folder, "congvan.yaml")
    settings = file.read_text()
    login = "moiden"
    person = made(office.as_("admin").send("POST", "/api/v1/people", {"name": "Người mới đến", "login": login, "password": PASSWORD}))[0]
    made(office.as_("admin").send("POST", "/api/v1/posts", {"agency": papers.agencies["so"], "title": "Chuyên viên", "holder": person["id"],
                                                            "grants": [{"role": "drafter", "over": papers.agencies["so"]}]}))
    office.service.stop()
    file.write_text(settings.replace(STAYS, ""))
    office.service.start()
    new = Person(office, login)
    check(new.ask("GET", "/api/v1/session").json["passwordDue"] is True, "who comes new sees that it is due")
    for method, path, body in (("GET", "/api/v1/documents", None), ("GET", "/api/v1/agencies", None),
                               ("POST", "/api/v1/session/post", {"post": person["id"]}),
                               ("POST", "/api/v1/documents", {"agency": papers.agencies["so"], "type": "CT", "subject": "x", "recipients": []})):
        refused(office, f"{method} {path} before the first password is changed",
                lambda language: new.ask(method, path, body, language=language), 403, "password_due")
    leaving = Person(office, login)
    check(leaving.ask("DELETE", "/api/v1/session").status == 204, "who does not want to may leave")
    check(new.ask("POST", "/api/v1/session/password", {"before": PASSWORD, "after": PASSWORD + "2"}).status == 200, "it is changed")
    check(new.ask("GET", "/api/v1/documents").status == 200, "and work begins")
    office.service.stop()
    file.write_text(settings)
    office.service.start()


def asked_for(office, papers, people):
    """Certificates that are not to be given, and acts that are not for the asking."""
    clerk, admin, second = (office.as_(login) for login in ("vanthuso", "admin", "duyet"))
    wanted = {"type": "new", "kind": "person", "agency": papers.agencies["so"], "person": people["chuyenvien"], **LETTER}
    enter = lambda who=clerk, **changed: lambda language: who.ask("POST", REQUESTS, wanted | changed, language=language)
    no_request = base64.b64encode(b"\0" * 65537).decode()
    for what, ask, status, code in (
            ("a certificate that nobody's clerk asks for", enter(office.as_("vanthu")), 403, "role_missing"),
            ("a certificate for another agency's person", enter(person=people["chutich"]), 422, "holder_wrong"),
            ("a person's certificate without a person", enter(person=None), 422, "holder_wrong"),
            ("a certificate by a unit", enter(agency=papers.agencies["phong"]), 422, "holder_wrong"),
            ("a letter without a number", enter(documentNumber=None), 422, "request_document_missing"),
            ("a letter of tomorrow", enter(documentDate="2999-01-01"), 422, "request_document_missing"),
            ("a renewal of nothing", enter(type="renewal"), 422, "followed_wrong"),
            ("a SIM with a key made here", enter(kind="person-sim"), 422, "key_source_wrong"),
            ("no CSR", enter(key="csr"), 422, "key_source_wrong"),
            ("a CSR that is none", enter(key="csr", csr="AAAA"), 400, "request_malformed"),
            ("a CSR of 64 KiB and one", enter(key="csr", csr=no_request), 413, "request_too_large"),
            ("a CSR that is no base64", enter(key="csr", csr="đ"), 400, "field_not_base64"),
            ("a type that is none", enter(type="gift"), 400, "field_unknown_word"),
            ("a list in a state that is none", lambda language: clerk.ask("GET", f"{REQUESTS}?state=x", language=language), 400, "state_unknown"),
            ("a list of a kind that is none", lambda language: clerk.ask("GET", f"{REQUESTS}?kind=x", language=language), 400, "kind_unknown"),
            ("the order of one officer", lambda language: admin.ask("POST", "/api/v1/certificate-orders", {}, language=language), 405, "method_not_allowed")):
        refused(office, what, ask, status, code)

    number = unicodedata.normalize("NFD", "05/CV-SỞ")
    request = enter(documentNumber=number)("vi")
    check(request.json["documentNumber"] == "05/CV-SỞ", "a decomposed number is kept composed")
    path, hashed = f"{REQUESTS}/{request.json['id']}", {"contentHash": request.json["contentHash"]}
    act = lambda who, verb, body, etag: lambda language: who.ask("POST", f"{path}/{verb}", body, etag, language=language)
    refused(office, "a stranger who reads", lambda language: office.as_("vanthuxa").ask("GET", path, language=language), 404, "request_missing")
    refused(office, "a clerk who accepts", act(clerk, "accept", {}, '"v1"'), 403, "role_missing")
    refused(office, "an approval of what is not accepted", act(second, "approve", hashed, '"v1"'), 409, "request_state_wrong")
    refused(office, "a hand-over of what is not made", act(admin, "hand-over", {"recordNumber": "1"}, '"v1"'), 409, "request_state_wrong")
    accepted = act(admin, "accept", {}, '"v1"')("vi").json
    hashed = {"contentHash": accepted["contentHash"]}
    refused(office, "an approval by who accepted", act(admin, "approve", hashed, '"v2"'), 422, "approver_not_other")
    refused(office, "an approval without a version", act(second, "approve", hashed, None), 428, "if_match_missing")
    refused(office, "an approval of an older version", act(second, "approve", hashed, '"v1"'), 412, "version_stale")
    refused(office, "an approval of other content", act(second, "approve", {"contentHash": "0" * 64}, '"v2"'), 412, "request_changed")
    refused(office, "an approval of no hash", act(second, "approve", {"contentHash": "x"}, '"v2"'), 400, "field_not_a_hash")
    refused(office, "an issue without a CSR", act(admin, "issue", {}, '"v2"'), 409, "request_state_wrong")
    refused(office, "a return without a reason", act(admin, "return", {}, '"v2"'), 400, "field_missing")
    refused(office, "a correction of what was accepted", lambda language: clerk.ask(
        "POST", f"{path}/correct", wanted, '"v2"', language=language), 409, "request_state_wrong")
    numbers = {"identityNumber": "001099012345", "birthDate": "1999-02-28"}
    keep = lambda who, **changed: lambda language: who.ask("POST", f"{path}/personal-numbers", numbers | changed, language=language)
    refused(office, "numbers of another agency's person", keep(office.as_("vanthu")), 403, "role_missing")
    refused(office, "a number too short", keep(clerk, identityNumber="0010990123"), 422, "identity_number_wrong")
    read = lambda who: lambda language: who.ask("GET", f"{path}/personal-numbers", language=language)
    refused(office, "numbers that are not kept", read(admin), 404, "personal_numbers_missing")
    check(keep(clerk)("vi").status == 204, "numbers are kept")
    refused(office, "a clerk who reads numbers", read(clerk), 403, "role_missing")
    check(read(admin)("vi").json == numbers, "an officer reads them")
    check(numbers["identityNumber"] not in json.dumps(office.as_("admin").ask("GET", f"{REQUESTS}?limit=200").json), "no list has them")
    check(act(clerk, "withdraw", {}, '"v2"')("vi").json["state"] == "withdrawn", "it is taken back")


def listeners(officer):
    return [item["id"] for item in officer.ask("GET", "/api/v1/certificates?limit=200").json["items"] if item["kind"] == "tls-server"]


def certificates_not_good(office, papers, people):
    pending, sealed = papers.submitted(), papers.signed()
    admin = office.as_("admin")
    seal = next(item for item in admin.ask("GET", "/api/v1/certificates?limit=200").json["items"] if item["kind"] == "organisation-seal")
    own = next(item for item in admin.ask("GET", "/api/v1/certificates?limit=200").json["items"] if item["person"] == people["phogiamdoc"])
    for certificate in (seal, own):
        made(admin.send("POST", f"/api/v1/certificates/{certificate['id']}/revoke", {"reason": 4}))
    act = lambda login, document, verb: lambda language: office.as_(login).ask(
        "POST", f"/api/v1/documents/{document}/{verb}", {"pin": PIN}, etag_of(office.as_(login), f"/api/v1/documents/{document}"), language=language)
    refused(office, "signing with a revoked certificate", act("phogiamdoc", pending, "sign"), 422, "certificate_revoked", pending)
    refused(office, "sealing with a revoked certificate", act("vanthu", sealed, "issue"), 422, "certificate_revoked", sealed)
    certify(office.as_, "phogiamdoc", "vanthuso", kind="person", agency=papers.agencies["so"], person=people["phogiamdoc"])
    certify(office.as_, "vanthu", "vanthu", kind="organisation-seal", agency=papers.agencies["top"], activator=people["vanthu"])

    own_before = listeners(office.as_("admin"))
    old = {login: office.as_(login) for login in ("phogiamdoc", "vanthu")}
    office.advance(31 * 60)
    for login, person in old.items():
        refused(office, f"the idle session of {login}", lambda language: person.ask("GET", "/api/v1/documents", language=language), 401,
                "session_expired", touches={"audit_events"})
    office.advance(1827 * 86400)
    office.people.clear()
    for login in ("chuyenvien", "thanhtra", "phogiamdoc", "vanthu"):
        office.as_(login)
    # The listener's own certificate has ended as well, and is made anew in the background.
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and listeners(office.as_("admin")) == own_before:
        time.sleep(0.2)
    refused(office, "signing with an expired certificate", act("phogiamdoc", pending, "sign"), 422, "certificate_expired", pending)
    refused(office, "sealing with an expired certificate", act("vanthu", sealed, "issue"), 422, "certificate_expired", sealed)


def main():
    with tempfile.TemporaryDirectory() as folder:
        office = Office(folder)
        try:
            admin = office.as_("admin")
            agencies, posts, people = settle(office.as_, [("phogiamdoc", "so", "Phó Giám đốc", "unit-head"), ("vanthu2", "top", "Văn thư", "clerk"),
                                                          ("thanhtra", "top", "Thanh tra viên", "auditor"), ("nhamlan", "so", "Chuyên viên", "drafter")])
            top = agencies["top"]
            agencies["phong"] = made(admin.send("POST", "/api/v1/agencies", {"parent": agencies["so"], "name": "Phòng Tổng hợp", "letters": "TH", "kind": "unit"}))[0]["id"]
            agencies["xa"] = made(admin.send("POST", "/api/v1/agencies", {"parent": top, "code": "H64.21", "name": "Xã Phú Lộc", "letters": "UBND", "kind": "commune"}))[0]["id"]
            for login in ("vanthuxa", "vanthuxa2"):
                person = made(admin.send("POST", "/api/v1/people", {"name": "Văn thư", "login": login, "password": PASSWORD}))[0]["id"]
                made(admin.send("POST", "/api/v1/posts", {"agency": agencies["xa"], "title": "Văn thư", "holder": person,
                                                          "grants": [{"role": "clerk", "over": agencies["xa"]}]}))
            papers = Papers(office, agencies, posts)
            for part in (signing_in, forged_requests, drafting, uploading, sending_twice, out_of_turn, foreign_ids, wrong_pins, at_once, path_tricks,
                         decomposed_text, own_password, first_password):
                part(office, papers)
            asked_for(office, papers, people)
            certificates_not_good(office, papers, people)
            check(office.service.process.poll() is None, "the service still runs")
        finally:
            office.service.stop()
            doctor = subprocess.run([congvan, "doctor", "--config", folder + "/data/congvan.yaml"], capture_output=True, text=True)
            office.database.stop()
        check(doctor.returncode == 0, f"doctor: {doctor.stdout}{doctor.stderr}")
    finish()


main()
