#!/usr/bin/env python3
"""exchanges.py CONGVAN OUT.jsonl [PLAYED PORT]: plays the demonstration, serves its data folder and asks every operation of the
API, by right and by wrong; every request and response is written down and held against openapi.yaml. PLAYED is a data folder of the demonstration to use a copy of instead."""
import base64, http.client, json, os, pathlib, random, shutil, sqlite3, ssl, subprocess, sys, tempfile, time, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/lint"))
import check_exchanges

congvan, out = sys.argv[1], pathlib.Path(sys.argv[2])
folder = pathlib.Path(tempfile.mkdtemp())
port = int(sys.argv[4]) if sys.argv[4:] else random.randrange(20000, 40000, 10)
lines = []


class Person:
    """A signed-in browser, or nobody."""

    def __init__(self, listener=0):
        self.port, self.cookie, self.csrf = port + listener, None, None
        self.tls = ssl._create_unverified_context() if listener == 0 else None

    def ask(self, method, path, body=None, kind=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf and method != "GET":
            headers.setdefault("X-CSRF-Token", self.csrf)
        sent = json.dumps(body).encode() if kind is None and body is not None else body
        if sent is not None:
            headers["Content-Type"] = kind or "application/json"
        wire = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=60) if self.tls \
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        wire.request(method, path, sent, headers)
        answer = wire.getresponse()
        data = answer.read()
        line = {"method": method, "path": path, "request": {"headers": headers}, "status": answer.status, "headers": dict(answer.getheaders())}
        if kind is None and body is not None:
            line["request"]["json"] = body
        if "json" in (answer.headers.get("Content-Type") or ""):
            line["json"] = json.loads(data)
        wire.close()
        if path != "/openapi.json":
            lines.append(line)
        self.etag = answer.headers.get("ETag")
        self.answer = answer
        return line.get("json", data)

    def sign_in(self, login, password):
        answer = self.ask("POST", "/api/v1/session", {"login": login, "password": password})
        if self.answer.status != 200:
            raise SystemExit(f"{login}: {answer}\n0 passed, 1 failed, 0 skipped")
        self.cookie, self.csrf = self.answer.headers["Set-Cookie"].split(";")[0], answer["csrf"]
        return self


def people():
    notes = json.loads((folder / "data/demo.json").read_text())
    return notes, {login: Person().sign_in(login, notes["password"]) for login in notes["people"]}, \
        Person().sign_in("admin", notes["adminPassword"])


def ask_directory(admin, notes):
    top = next(iter(notes["agencies"].values()))
    agency = admin.ask("POST", "/api/v1/agencies", {"parent": top, "code": "H64.77", "name": "Sở Xây dựng", "letters": "SXD", "kind": "department"}, Idempotency_Key="k-agency")
    admin.ask("POST", "/api/v1/agencies", {"parent": top, "code": "H64.77", "name": "Sở Xây dựng", "letters": "SXD", "kind": "department"}, Idempotency_Key="k-agency")
    admin.ask("POST", "/api/v1/agencies", {"name": "khác", "kind": "department"}, Idempotency_Key="k-agency")
    admin.ask("POST", "/api/v1/agencies", {"parent": top, "code": "H64.77", "name": "Sở Xây dựng", "kind": "department"})
    for wrong in ({}, {"name": 1, "kind": "unit"}, {"name": "x", "kind": "none such"}, {"name": "x" * 201, "kind": "unit"}, {"name": "x", "kind": "unit", "more": 1}):
        admin.ask("POST", "/api/v1/agencies", wrong)
    admin.ask("POST", "/api/v1/agencies", b"{", kind="application/json")
    admin.ask("POST", "/api/v1/agencies", b'{"name":"a","name":"b"}', kind="application/json")
    admin.ask("POST", "/api/v1/agencies", b" " * 16385, kind="application/json")
    admin.ask("POST", "/api/v1/agencies", {"name": "x", "kind": "unit"}, X_CSRF_Token="wrong")
    admin.ask("GET", "/api/v1/agencies")
    admin.ask("GET", f"/api/v1/agencies/{top}/posts")
    admin.ask("GET", "/api/v1/agencies/none/posts")
    person = admin.ask("POST", "/api/v1/people", {"name": "Trần Văn Bình", "email": "binh@example.vn", "login": "binh", "password": notes["password"]})
    admin.ask("POST", "/api/v1/people", {"name": "Trần Văn Bình", "login": "binh", "password": notes["password"]})
    admin.ask("POST", "/api/v1/people", {"name": "Trần Văn Bình", "login": "binh2", "password": "short"})
    admin.ask("GET", f"/api/v1/people/{person['id']}")
    admin.ask("GET", f"/api/v1/people/{agency['id']}")
    admin.ask("POST", "/api/v1/posts", {"agency": agency["id"], "title": "Chuyên viên", "holder": person["id"], "grants": [{"role": "drafter", "over": agency["id"]}]})
    given = admin.ask("POST", "/api/v1/posts", {"agency": agency["id"], "title": "Văn thư", "holder": person["id"], "grants": [{"role": "clerk", "over": agency["id"]}]})
    binh = Person().sign_in("binh", notes["password"])
    for wrong in ({}, {"post": "none"}, {"post": agency["id"]}, {"post": given["id"], "more": 1}):
        binh.ask("POST", "/api/v1/session/post", wrong)
    binh.ask("POST", "/api/v1/session/post", {"post": given["id"]}, X_CSRF_Token="wrong")
    binh.ask("POST", "/api/v1/session/post", {"post": given["id"]})
    own = {"before": notes["password"], "after": notes["password"] + "2"}
    for wrong in ({}, own | {"more": 1}, own | {"before": "sai"}, own | {"after": "ngắn"}, own | {"after": notes["password"]}):
        binh.ask("POST", "/api/v1/session/password", wrong)
    binh.ask("POST", "/api/v1/session/password", own, X_CSRF_Token="wrong")
    for turn in ("by right", "again"):
        binh.ask("POST", "/api/v1/session/password", own, Idempotency_Key="k-password")
    binh.ask("POST", "/api/v1/session/password", {"before": own["after"], "after": own["before"]})
    for turn in ("by right", "stale"):
        admin.ask("POST", f"/api/v1/posts/{given['id']}/end", If_Match=f'"v{given["version"]}"')
    admin.ask("POST", f"/api/v1/posts/{agency['id']}/end", If_Match='"v1"')
    admin.ask("POST", "/api/v1/posts", {"agency": agency["id"], "title": "x", "capacity": "tm"})
    admin.ask("POST", "/api/v1/posts", {"agency": agency["id"], "title": "x", "grants": [{"role": "king", "over": agency["id"]}]})
    admin.ask("POST", "/api/v1/posts", {"agency": agency["id"], "title": "Văn thư", "holder": notes["people"]["vt.tp"], "grants": [{"role": "clerk", "over": agency["id"]}]})
    clerk = Person().sign_in("vt.tp", notes["password"])
    post = next(one["id"] for one in clerk.ask("GET", "/api/v1/session")["posts"] if one["agency"] == agency["id"])
    clerk.ask("POST", "/api/v1/session/post", {"post": post})
    return person | {"agency": agency["id"]}, Person().sign_in("binh", notes["password"]), clerk


REQUESTS = "/api/v1/certificate-requests"
LISTS = "/api/v1/certificate-request-lists"


def ask_requests(clerk, officer, second, person, binh):
    """Every act on a request, by right and by wrong; the order of an approved one."""
    letter = {"documentNumber": "9/CV", "documentDate": "2025-01-06"}
    wanted = {"type": "new", "kind": "person", "agency": person["agency"], "person": person["id"]}
    for wrong in ({}, wanted | {"type": "gift"}, wanted | {"kind": "root"}, wanted | {"csr": "đ", "key": "csr"}, wanted | {"key": "csr"},
                  wanted | {"type": "renewal"}, wanted | letter | {"more": 1}):
        clerk.ask("POST", REQUESTS, wrong)
    officer.ask("POST", REQUESTS, wanted | letter)
    own = binh.ask("POST", REQUESTS, wanted, Idempotency_Key="k-request")
    binh.ask("POST", REQUESTS, wanted, Idempotency_Key="k-request")
    path = f"{REQUESTS}/{own['id']}"
    query = f"?agency={person['agency']}&documentNumber=9%2FCV&documentDate=2025-01-06"
    made = clerk.ask("POST", LISTS + query, f"person\n01935a5c-3c1e-7b1c-8a55-0c2f0d8f1a03\n".encode(), kind="text/csv", Idempotency_Key="k-list")
    clerk.ask("POST", LISTS + query, f"person\n01935a5c-3c1e-7b1c-8a55-0c2f0d8f1a03\n".encode(), kind="text/csv", Idempotency_Key="k-list")
    for wrong in (b"", b"person\n", b"x\ny\n", b"email;email\na;b\n", b"name\nx\n", b"no;email\n1\n", b"email\n\"x", b"email\n\xff\n", b"email\n\0\n",
                  b"email\n" + b"x" * 9000, b"," * 70, b"email\n" + b"a@b\n" * 301):
        clerk.ask("POST", LISTS + query, wrong, kind="text/csv")
    for who in (officer, binh):
        who.ask("POST", LISTS + query, b"email\nx\n", kind="text/csv")
        who.ask("GET", f"{LISTS}/{made['id']}")
    clerk.ask("POST", LISTS + "?kind=x", b"", kind="text/csv")
    clerk.ask("POST", LISTS + query + "&kind=organisation-seal", b"email\nx\n", kind="text/csv")
    steps = ((clerk, "confirm", letter), (officer, "return", {"reason": "Thiếu ký hiệu"}), (clerk, "correct", wanted | letter),
             (officer, "accept", {}), (second, "approve", None))
    for who, verb, body in steps:
        now = clerk.ask("GET", path)
        body = {"contentHash": now["contentHash"]} if body is None else body
        etag = f'"v{now["version"]}"'
        for wrong in (None, '"v99"'):
            who.ask("POST", f"{path}/{verb}", body, If_Match=wrong)
        (officer if who is clerk else binh).ask("POST", f"{path}/{verb}", body, If_Match=etag)
        if verb == "approve":
            officer.ask("POST", f"{path}/{verb}", body, If_Match=etag)
            who.ask("POST", f"{path}/{verb}", {"contentHash": "0" * 64}, If_Match=etag)
            who.ask("POST", f"{path}/{verb}", {"contentHash": "x"}, If_Match=etag)
        if (clerk.ask("GET", path)["version"]) == now["version"]:
            who.ask("POST", f"{path}/{verb}", body, If_Match=etag)
    approved = clerk.ask("GET", path)
    officer.ask("POST", f"{path}/issue", {}, If_Match=f'"v{approved["version"]}"')
    officer.ask("POST", f"{path}/hand-over", {"recordNumber": "1"}, If_Match=f'"v{approved["version"]}"')
    numbers = {"identityNumber": "001099012345", "birthDate": "1999-02-28"}
    for who in (officer, clerk):
        who.ask("GET", f"{path}/personal-numbers")
        who.ask("POST", f"{path}/personal-numbers", numbers)
        clerk.ask("POST", f"{path}/personal-numbers", numbers | {"identityNumber": "1" * 11})
        officer.ask("GET", f"{path}/personal-numbers")
    for verb in ("refuse", "withdraw"):
        spare = clerk.ask("POST", REQUESTS, wanted | letter)
        who = officer if verb == "refuse" else clerk
        for turn in ("by right", "again"):
            who.ask("POST", f"{REQUESTS}/{spare['id']}/{verb}", {"reason": "Không còn cần"} if verb == "refuse" else {}, If_Match=clerk.etag)
    for who in (clerk, officer, binh, Person()):
        for asked in ("", "?state=approved&limit=1", "?kind=person", f"?agency={person['agency']}", "?state=x", "?kind=x", "?agency=x"):
            who.ask("GET", REQUESTS + asked)
    officer.ask("GET", f"{REQUESTS}/{person['id']}")
    from_csr(clerk, officer, second, wanted | letter)
    return approved["order"], path


def from_csr(clerk, officer, second, wanted):
    with tempfile.TemporaryDirectory() as card:
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{card}/key",
                        "-outform", "DER", "-out", f"{card}/csr", "-subj", "/CN=card"], check=True, capture_output=True)
        csr = base64.b64encode(pathlib.Path(card, "csr").read_bytes()).decode()
    request = clerk.ask("POST", REQUESTS, wanted | {"kind": "person-sim", "key": "csr", "csr": csr})
    path = f"{REQUESTS}/{request['id']}"
    seen = officer.ask("POST", f"{path}/accept", {}, If_Match=clerk.etag)
    second.ask("POST", f"{path}/approve", {"contentHash": seen["contentHash"]}, If_Match=officer.etag)
    for turn in ("by right", "again"):
        officer.ask("POST", f"{path}/issue", {}, If_Match=second.etag)
    clerk.ask("POST", REQUESTS, wanted | {"kind": "person-sim", "key": "csr", "csr": csr})


def ask_certificates(clerk, officer, second, auditor, person, binh, notes):
    order, request = ask_requests(clerk, officer, second, person, binh)
    binh.ask("GET", "/api/v1/certificate-orders")
    binh.ask("POST", f"/api/v1/certificate-orders/{order}/activate", {"pin": "1"})
    made = binh.ask("POST", f"/api/v1/certificate-orders/{order}/activate", {"pin": notes["pin"]})
    binh.ask("POST", f"/api/v1/certificate-orders/{order}/activate", {"pin": notes["pin"]})
    officer.ask("GET", request)
    officer.ask("POST", f"{request}/hand-over", {"recordNumber": "02/BB-BG", "deviceKind": "USB token", "deviceSerial": "7"}, If_Match=officer.etag)
    for who in (auditor, officer, binh):
        who.ask("GET", "/api/v1/certificates?limit=2")
        who.ask("GET", f"/api/v1/certificates/{made['id']}")
        who.ask("GET", f"/api/v1/certificates/{made['id']}/proof")
    officer.ask("GET", "/api/v1/certificates?limit=0")
    suspend = f"/api/v1/certificates/{made['id']}/suspend"
    for who, body in ((binh, {}), (officer, {"invalidityDate": "x"}), (officer, {"invalidityDate": "2999-01-01T00:00:00Z"}), (officer, {}), (officer, {})):
        who.ask("POST", suspend, body)
    asked = clerk.ask("GET", request)
    back = {"type": "release", "kind": "person", "agency": asked["agency"], "person": asked["person"], "certificate": made["id"],
            "documentNumber": "9/CV", "documentDate": asked["documentDate"]}
    release = clerk.ask("POST", REQUESTS, back)
    path = f"{REQUESTS}/{release['id']}"
    seen = officer.ask("POST", f"{path}/accept", {}, If_Match=clerk.etag)
    second.ask("POST", f"{path}/approve", {"contentHash": seen["contentHash"]}, If_Match=officer.etag)
    clerk.ask("POST", REQUESTS, back)
    hold = clerk.ask("POST", REQUESTS, back | {"type": "suspension"})
    officer.ask("POST", f"{REQUESTS}/{hold['id']}/accept", {}, If_Match=clerk.etag)
    for who in (officer, auditor, binh):
        for path in ("", "/counts", "/expiring", "/coverage", "/export"):
            who.ask("GET", f"/api/v1/register{path}")
        who.ask("GET", "/api/v1/register/coverage?of=posts&limit=3")
        who.ask("GET", "/api/v1/register/export?format=xlsx&kind=person&state=active")
        who.ask("GET", "/api/v1/register/export?format=monitor")
    for wrong in ("?kind=x", "?state=x", "?agency=x", "?expiresTo=x", "?at=2999-01-01", "/counts?at=32", "/coverage?of=x", "/export?format=x"):
        officer.ask("GET", f"/api/v1/register{wrong}")
    for reason in (6, 4, 4):
        officer.ask("POST", f"/api/v1/certificates/{made['id']}/revoke", {"reason": reason})


def share_seal(admin, who, notes):
    """From the clerk to a second one, and back again."""
    clerk, person = who["vanthu"], notes["people"]["cv.cds"]
    seal = clerk.ask("GET", "/api/v1/seals")["items"][0]
    path, offer = f"/api/v1/seals/{seal['certificate']}", {"person": person, "pin": notes["pin"]}
    clerk.ask("POST", f"{path}/offer", offer)
    given = admin.ask("POST", "/api/v1/posts", {"agency": seal["agency"], "title": "Văn thư", "holder": person,
                                                "grants": [{"role": "clerk", "over": seal["agency"]}]})
    second = Person().sign_in("cv.cds", notes["password"])
    second.ask("POST", f"{path}/take-up", {"code": "2222222222", "pin": notes["pin"]})
    second.ask("POST", "/api/v1/session/post", {"post": given["id"]})
    for wrong in ({}, {"person": person}, offer | {"pin": "not the pin"}):
        clerk.ask("POST", f"{path}/offer", wrong)
    clerk.ask("POST", f"/api/v1/seals/{person}/offer", offer)
    code = clerk.ask("POST", f"{path}/offer", offer)["code"]
    for wrong in ({}, {"code": "2222222222", "pin": notes["pin"]}, {"code": code, "pin": "1"}):
        second.ask("POST", f"{path}/take-up", wrong)
    for turn in ("by right", "again"):
        second.ask("POST", f"{path}/take-up", {"code": code, "pin": notes["pin"]})
    clerk.ask("POST", f"{path}/offer", offer)
    second.ask("GET", "/api/v1/seals")
    for turn in ("by right", "again"):
        clerk.ask("POST", f"{path}/withdraw", {"person": person})
    clerk.ask("POST", f"{path}/withdraw", {})
    clerk.ask("POST", f"{path}/withdraw", {"person": notes["people"]["vanthu"]})
    second.ask("POST", f"{path}/withdraw", {"person": notes["people"]["vanthu"]})
    admin.ask("POST", f"{path}/withdraw", {"person": person})
    admin.ask("GET", "/api/v1/seals")


def ask_documents(who, notes):
    seen = None
    for login, person in who.items():
        for box in ("mine", "to-sign", "to-issue", "agency", "none-such"):
            page = person.ask("GET", f"/api/v1/documents?box={box}&limit=20")
            sent = [one["id"] for one in page.get("items", []) if one["state"] == "dispatched"]
            if sent:
                seen = seen or (person, sent[0])
    person, document = seen
    for part in ("", "/file", "/versions", "/deliveries", "/verification", "/verification?format=page", "/trail", "/trail?limit=2",
                 f"/trail?after={notes['agencies']['snv']}"):
        person.ask("GET", f"/api/v1/documents/{document}{part}")
        person.ask("GET", f"/api/v1/documents/{notes['agencies']['snv']}{part}")
    return person.ask("GET", f"/api/v1/documents/{document}")


def ask_changes(who, notes, issued):
    drafter = who["cv.cds"]
    body = {name: issued[name] for name in ("agency", "type", "subject", "urgency", "recipients")}
    draft = drafter.ask("POST", "/api/v1/documents", body | {"slots": [{"field": "so", "page": 0, "left": 100, "bottom": 700, "width": 60, "height": 15}]})
    drafter.ask("POST", "/api/v1/documents", body | {"recipients": []})
    drafter.ask("POST", "/api/v1/documents", body | {"type": "none"})
    path = f"/api/v1/documents/{draft['id']}"
    route = {"initials": [notes["posts"]["gd.khcn"]], "formChecker": notes["posts"]["phochutich"], "signer": notes["posts"]["chutich"]}
    drafter.ask("POST", f"{path}/submit", route, If_Match='"v1"')
    for etag in (None, "v1", '"v99"'):
        drafter.ask("PUT", f"{path}/file", b"%PDF-", kind="application/pdf", If_Match=etag)
    drafter.ask("PUT", f"{path}/file", b"", kind="application/pdf", If_Match='"v1"')
    drafter.ask("PUT", f"{path}/file", b"no pdf", kind="application/pdf", If_Match='"v1"')
    drafter.ask("POST", f"{path}/sign", {"pin": notes["pin"]}, If_Match='"v1"')
    drafter.ask("POST", f"{path}/return", {"reason": "Sai thể thức"}, If_Match='"v1"')
    drafter.ask("POST", f"{path}/dispatch", If_Match='"v1"')
    drafter.ask("POST", f"{path}/issue", {"pin": notes["pin"]}, If_Match='"v1"')


def plain_pdf():
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>"]
    text, offsets = "%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{one}\nendobj\n"
    start = len(text)
    text += f"xref\n0 4\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in offsets)
    return (text + f"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").encode()


def signed_off(who, notes, issued):
    """A document that waits for the clerk, returned once and begun again."""
    drafter = who["cv.cds"]
    slot = lambda field, *at: dict(zip(("field", "page", "left", "bottom", "width", "height"), (field, 0, *at)))
    body = {name: issued[name] for name in ("agency", "type", "subject", "urgency", "recipients")}
    body["slots"] = [slot("so", 90, 740, 90, 18), slot("ngay", 300, 740, 220, 18), slot("ky-nhay-1", 60, 100, 120, 50),
                     slot("ky-chinh", 320, 100, 220, 90), slot("con-dau", 240, 90, 110, 110)]
    path = f"/api/v1/documents/{drafter.ask('POST', '/api/v1/documents', body)['id']}"
    route = {"initials": [notes["posts"]["gd.khcn"]], "formChecker": notes["posts"]["chanhvp"], "signer": notes["posts"]["phochutich"]}
    for turn in ("first", "again"):
        drafter.ask("PUT", f"{path}/file", plain_pdf(), kind="application/pdf", If_Match=drafter.etag)
        drafter.ask("POST", f"{path}/submit", route, If_Match=drafter.etag)
        head = who["gd.khcn"]
        head.ask("GET", path)
        if turn == "first":
            head.ask("POST", f"{path}/return", {"reason": "Ghi rõ thời hạn"}, If_Match=head.etag)
            drafter.ask("GET", path)
            drafter.ask("POST", f"{path}/revise", body | {"subject": "Về việc dùng chữ ký số, có thời hạn"}, If_Match=drafter.etag)
    who["gd.khcn"].ask("POST", f"{path}/sign", {"pin": "not the pin"}, If_Match=who["gd.khcn"].etag)
    for login in ("gd.khcn", "chanhvp", "phochutich"):
        who[login].ask("GET", path)
        who[login].ask("POST", f"{path}/sign", {"pin": notes["pin"]}, If_Match=who[login].etag)
    return path


def play_story(who, notes, issued):
    """What every operation of the story says when it is done by right."""
    path, clerk = signed_off(who, notes, issued), who["vanthu"]
    clerk.ask("GET", path)
    seen = clerk.etag
    clerk.ask("POST", f"{path}/issue", {"pin": "not the pin"}, If_Match=seen)
    clerk.ask("POST", f"{path}/cancel-number", {"reason": "Không đóng được dấu"}, If_Match=seen)
    clerk.ask("POST", f"{path}/issue", {"pin": notes["pin"]}, If_Match=seen)  # a wrong PIN changed nothing
    clerk.ask("POST", f"{path}/dispatch", If_Match=clerk.etag)
    returned = receive(who, notes)
    clerk.ask("GET", path)
    who["cv.cds"].ask("POST", f"{path}/dispatch-again", {"recipient": returned}, If_Match=clerk.etag)
    for recipient in ("none", notes["posts"]["tp.cds"], returned, returned):
        clerk.ask("POST", f"{path}/dispatch-again", {"recipient": recipient}, If_Match=clerk.etag or seen)
    clerk.ask("GET", path)
    clerk.ask("POST", f"{path}/dispatch-again", {"recipient": returned}, If_Match=clerk.etag)
    clerk.ask("GET", f"{path}/deliveries")
    cancel_number(signed_off(who, notes, issued), clerk)


def cancel_number(path, clerk):
    """As if the service had died between number and seal, and the seal could never be set."""
    document = clerk.ask("GET", path)
    with sqlite3.connect(folder / "data/db/congvan.sqlite", timeout=30) as database:
        book = (document["type"], bytes.fromhex(document["agency"].replace("-", "")))
        database.execute("UPDATE number_books SET last_number = last_number + 1 WHERE book = ? AND agency = ?", book)
        number = database.execute("SELECT last_number FROM number_books WHERE book = ? AND agency = ?", book).fetchone()[0]
        database.execute("UPDATE documents SET state = 'issuing', number = ?, issue_date = ? WHERE id = ?",
                         (number, time.strftime("%Y-%m-%d"), bytes.fromhex(document["id"].replace("-", ""))))
    database.close()
    clerk.ask("POST", f"{path}/cancel-number", {"reason": "Không đóng được dấu"}, If_Match=clerk.etag)


def judged(clerk):
    for _ in range(300):
        arrivals = clerk.ask("GET", "/api/v1/incoming?state=arrived").get("items", [])
        if arrivals and arrivals[0]["verification"]:
            return f"/api/v1/incoming/{arrivals[0]['id']}"
        del lines[-1]
        time.sleep(0.1)
    raise SystemExit("nothing arrived\n0 passed, 1 failed, 0 skipped")


def receive(who, notes):
    clerk, head, worker = who["vt.khcn"], who["gd.khcn"], who["tp.cds"]
    path = judged(clerk)
    clerk.ask("GET", path)
    clerk.ask("POST", f"{path}/register", If_Match=clerk.etag)
    head.ask("GET", path)
    given = head.ask("POST", f"{path}/assignments", {"lead": notes["posts"]["tp.cds"], "opinion": "Chủ trì xử lý"}, If_Match=head.etag)
    head.ask("GET", f"{path}/assignments")
    assignment = f"/api/v1/assignments/{given['id']}"
    worker.ask("GET", "/api/v1/assignments")
    worker.ask("POST", f"{assignment}/start", If_Match=f'"v{given["version"]}"')
    worker.ask("POST", f"{assignment}/finish", {"result": "Đã triển khai"}, If_Match=worker.etag)
    worker.ask("POST", f"{assignment}/finish", {"result": "Đã triển khai"}, If_Match=worker.etag)
    other = next(one for login, one in who.items() if login not in ("vt.khcn", "gd.khcn") and login.startswith("vt."))
    path = judged(other)
    arrived = other.ask("GET", path)
    judge_again(path, arrived, other, worker)
    other.ask("GET", path)
    other.ask("POST", f"{path}/return", {"reason": "Gửi nhầm nơi nhận"}, If_Match=other.etag)
    return arrived["agency"]


def judge_again(path, arrived, clerk, stranger):
    """As if the verdict on arrival had been undecided."""
    clerk.ask("POST", f"{path}/judge-again", If_Match=clerk.etag)
    stranger.ask("POST", f"{path}/judge-again", If_Match=clerk.etag or '"v1"')
    with sqlite3.connect(folder / "data/db/congvan.sqlite", timeout=30) as database:
        database.execute("UPDATE incoming SET verification = 'INDETERMINATE' WHERE id = ?", (bytes.fromhex(arrived["id"].replace("-", "")),))
    database.close()
    clerk.ask("GET", path)
    clerk.ask("POST", f"{path}/judge-again", If_Match='"v99"')
    clerk.ask("POST", f"{path}/judge-again", If_Match=f'"v{arrived["version"]}"')
    for part in ("/verdicts", "/verification", "/verification?ordinal=1", "/verification?ordinal=9"):
        for person in (clerk, stranger):
            person.ask("GET", path + part)


def ask_arrivals(who):
    for person in who.values():
        for state in ("", "?state=arrived", "?state=none-such", "?limit=1"):
            page = person.ask("GET", f"/api/v1/incoming{state}")
        person.ask("GET", "/api/v1/assignments")
        for arrival in page.get("items", []) if isinstance(page, dict) else []:
            for part in ("", "/file", "/verification", "/assignments"):
                person.ask("GET", f"/api/v1/incoming/{arrival['id']}{part}")
            person.ask("POST", f"/api/v1/incoming/{arrival['id']}/register", If_Match='"v1"')
            person.ask("POST", f"/api/v1/incoming/{arrival['id']}/return", {"reason": "x"}, If_Match='"v99"')
            person.ask("POST", f"/api/v1/incoming/{arrival['id']}/assignments", {"lead": arrival["id"], "opinion": "x", "deadline": "2020-13-01"}, If_Match='"v1"')


def ask_rest(nobody, person, issued):
    nobody.ask("GET", "/api/v1/session")
    nobody.ask("POST", "/api/v1/session", {"login": "admin", "password": "wrong password"})
    nobody.ask("POST", "/api/v1/session", {"login": "nobody.at.all", "password": "wrong password"})
    person.ask("GET", "/api/v1/session", Accept_Language="en")
    file = person.ask("GET", f"/api/v1/documents/{issued['id']}/file")
    person.ask("POST", "/api/v1/verify", file, kind="application/octet-stream")
    person.ask("POST", "/api/v1/verify", b"not signed", kind="application/octet-stream")
    nobody.ask("POST", "/api/v1/verify", b"x", kind="application/octet-stream")
    contract = nobody.ask("GET", "/openapi.json")
    lines.append({"method": "GET", "path": "/openapi.json", "request": {"headers": {}}, "status": nobody.answer.status, "headers": dict(nobody.answer.getheaders()), "json": contract["info"]["title"]})
    pki, inner = Person(1), Person(2)
    for path in ("/pki/ca1.crl", "/pki/goc.crt", "/pki/none.crl", "/pki/x", "/log/issuance/checkpoint", "/log/records/checkpoint",
                 "/log/none/checkpoint", "/log/issuance/cosigned", "/log/none/cosigned", "/log/issuance/tile/0/000", "/log/issuance/tile/9/999", "/log/issuance/x"):
        pki.ask("GET", path)
    size = int(pki.ask("GET", "/log/issuance/checkpoint").split(b"\n")[1])
    pki.ask("GET", f"/log/issuance/tile/0/000.p/{size}" if size < 256 else "/log/issuance/tile/0/000")
    query = subprocess.run(["openssl", "ts", "-query", "-digest", "00" * 32, "-sha256", "-cert"], capture_output=True, check=True).stdout
    pki.ask("POST", "/pki/tsa", query, kind="application/timestamp-query")
    pki.ask("GET", "/pki/tsa")
    for name in ("ca1", "goc"):
        (folder / f"{name}.crt").write_bytes(pki.ask("GET", f"/pki/{name}.crt"))
    asked = subprocess.run(["openssl", "ocsp", "-no_nonce", "-reqout", "/dev/stdout", "-issuer", folder / "goc.crt", "-cert",
                            folder / "ca1.crt"], capture_output=True, check=True).stdout
    for body in (asked, b"garbage", b"x" * 16385):
        pki.ask("POST", "/pki/ocsp", body, kind="application/ocsp-request")
    address = "/pki/ocsp/" + urllib.parse.quote(base64.b64encode(asked), safe="")
    pki.ask("GET", address)
    pki.ask("GET", address, If_None_Match=pki.etag)
    pki.ask("GET", "/pki/ocsp/garbage")
    inner.ask("GET", "/livez")
    inner.ask("GET", "/readyz")
    inner.ask("GET", "/metrics")
    person.ask("DELETE", "/api/v1/session")
    person.ask("GET", "/api/v1/session")


def play():
    if sys.argv[3:]:
        shutil.copytree(sys.argv[3], folder / "data")
        return
    told = subprocess.run([congvan, "demo", "--data", folder / "data", "--once", "--port", str(port)], capture_output=True, text=True)
    if told.returncode != 0:
        raise SystemExit(f"{told.stdout}{told.stderr[-2000:]}\n0 passed, 1 failed, 0 skipped")


def main():
    play()
    service = subprocess.Popen([congvan, "serve", "--config", folder / "data/congvan.yaml"], stderr=open(folder / "service.log", "wb"))
    try:
        for _ in range(600):
            try:
                http.client.HTTPConnection("127.0.0.1", port + 2, timeout=5).request("GET", "/readyz")
                break
            except OSError:
                time.sleep(0.05)
        notes, who, admin = people()
        person, binh, clerk = ask_directory(admin, notes)
        ask_certificates(clerk, who["chungthu"], who["duyetchungthu"], who["thanhtra"], person, binh, notes)
        share_seal(admin, who, notes)
        issued = ask_documents(who, notes)
        ask_changes(who, notes, issued)
        play_story(who, notes, issued)
        ask_arrivals(who)
        ask_rest(Person(), who["chutich"], issued)
    finally:
        service.terminate()
        service.wait()
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        shutil.rmtree(folder, ignore_errors=True)
    return check_exchanges.main([out])


sys.exit(main())
