#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the service at random points of the story.

A client plays the making of a province with its certificates, then drafting, signing, issuing, dispatching, registering and
assigning against `congvan serve`, again and again, while the service is killed and started anew. After every start, all that
was ever answered must be there; a request that got no answer is sent again with its key. At the end `congvan doctor` must be
clean, the numbers must have no gap, and each order must have led to one certificate.

usage: kill_story.py CONGVAN KILLS [mariadb]        prints its seed; KILL_SEED=N repeats a run
"""
import http.client, os, pathlib, random, subprocess, sys, tempfile, threading, time

from checks import check, failures, finish
from province import PIN, Client, MariaDb, Service, made, settle, small_pdf

congvan, kills_wanted, on_mariadb = sys.argv[1], int(sys.argv[2]), "mariadb" in sys.argv[3:]
seed = int(os.environ.get("KILL_SEED", random.randrange(1 << 30)))
print("seed", seed)
dice = random.Random(seed)
ARRIVAL_ORDER = ["arrived", "registered", "assigned", "in-progress", "done"]
ORDER = ["draft", "submitted", "returned", "initialled", "signed", "issuing", "issued", "dispatched"]


class Stubborn(Client):
    """A person whose requests survive the service's death."""

    def __init__(self, story, login):
        super().__init__(story.service, login)
        self.story = story

    def exchange(self, *request):
        answer = self.story.persist(lambda: super(Stubborn, self).exchange(*request))
        # A PIN that was being tried when the service died counts as wrong, so that nobody guesses by killing. Three in a row
        # cost a delay, which the client sits out; the killer rests until it is over, or the next delay would be longer.
        was, self.story.killer_on = self.story.killer_on, self.story.killer_on and answer[0] != 429
        until = time.time() + 120
        while answer[0] == 429 and time.time() < until:
            threading.Event().wait(1)
            answer = self.story.persist(lambda: super(Stubborn, self).exchange(*request))
        self.story.killer_on = was
        return answer


class Story:
    def __init__(self, service):
        self.service, self.documents, self.arrivals, self.clients = service, {}, {}, {}
        self.killer_on, self.killing = False, threading.Lock()
        self.kills_most = kills_wanted // 3  # at set-up

    def persist(self, request):
        """The request's answer, whatever happens to the service meanwhile: sent again until there is one."""
        for _ in range(50):
            try:
                if self.killer_on and self.service.kills < self.kills_most and dice.random() < 0.12:
                    threading.Timer(dice.random() * 0.25, self.kill_quietly).start()
                return request()
            except (OSError, http.client.HTTPException):
                self.restart()
        raise RuntimeError("no answer after 50 tries")

    def kill_quietly(self):
        with self.killing:
            if self.service.process.poll() is None:
                self.service.kill()

    def restart(self):
        with self.killing:  # a service that is dying looks alive to poll() until whoever killed it has seen the end
            if self.service.process.poll() is None:
                return
        self.service.start()
        was, self.killer_on = self.killer_on, False
        self.read_back()
        self.killer_on = was

    def read_back(self):
        """All that was ever answered is there, and no state went back."""
        for document, (version, state, number) in list(self.documents.items()):
            status, _, now = self.as_("vanthu").send("GET", f"/api/v1/documents/{document}")
            check(status == 200 and now["version"] >= version and ORDER.index(now["state"]) >= ORDER.index(state)
                  and (number is None or now["number"] == number),
                  f"document {document} was answered as {state} v{version} no {number}, is {now}")
        for arrival, (version, state, number) in list(self.arrivals.items()):
            status, _, now = self.as_("vanthuso").send("GET", f"/api/v1/incoming/{arrival}")
            check(status == 200 and now["version"] >= version and now["arrivalNumber"] == number
                  and ARRIVAL_ORDER.index(now["state"]) >= ARRIVAL_ORDER.index(state),
                  f"arrival {arrival} was answered as {state} v{version} no {number}, is {now}")

    def as_(self, login):
        if login not in self.clients:
            self.clients[login] = Stubborn(self, login)
        return self.clients[login]

    def set_up(self):
        self.agencies, self.posts, _ = settle(self.as_, [("lanhdaoso", "so", "Giám đốc Sở", "leader"),
                                                         ("chungthu", "top", "Cán bộ chứng thực", "certificate-officer")])

    def note(self, body):
        self.documents[body["id"]] = (body["version"], body["state"], body["number"])

    def act(self, login, document, verb, body):
        """One act on a document, on the version that was read just before."""
        path = f"/api/v1/documents/{document}"
        _, etag = made(self.as_(login).send("GET", path))
        method, target = ("PUT", f"{path}/file") if verb == "file" else ("POST", f"{path}/{verb}")
        answer = self.as_(login).send(method, target, body, etag)
        done, _ = made(answer)
        self.note(done)
        return done

    def one_document(self, pdf):
        draft = made(self.as_("chuyenvien").send("POST", "/api/v1/documents", {
            "agency": self.agencies["top"], "type": "CT", "subject": "Thử nghiệm ngắt điện",
            "recipients": [self.agencies["so"]]}))[0]
        self.note(draft)
        number = draft["id"]
        self.act("chuyenvien", number, "file", pdf)
        self.act("chuyenvien", number, "submit", {"initials": [self.posts["giamdoc"]], "formChecker": self.posts["chanhvp"],
                                                  "signer": self.posts["chutich"]})
        for login in ("giamdoc", "chanhvp", "chutich"):
            self.act(login, number, "sign", {"pin": PIN})
        self.act("vanthu", number, "issue", {"pin": PIN})
        self.act("vanthu", number, "dispatch", {})

    def arrived(self):
        """The newest arrival, once its signatures are judged, which the service does by itself."""
        until = time.time() + 60
        while time.time() < until:
            items = made(self.as_("vanthuso").send("GET", "/api/v1/incoming?state=arrived"))[0]["items"]
            if items and items[0]["verification"]:
                return items[0]["id"]
            threading.Event().wait(0.05)
        raise RuntimeError("no arrival was judged within 60 s")

    def one_arrival(self):
        arrival = self.arrived()
        path = f"/api/v1/incoming/{arrival}"
        for login, verb, body in (("vanthuso", "register", {}), ("lanhdaoso", "assignments", {
                "lead": self.posts["giamdoc"], "opinion": "Giao tham mưu", "deadline": None})):
            _, etag = made(self.as_(login).send("GET", path))
            made(self.as_(login).send("POST", f"{path}/{verb}", body, etag))
            now = made(self.as_("vanthuso").send("GET", path))[0]
            self.arrivals[arrival] = (now["version"], now["state"], now["arrivalNumber"])

    def certificates(self):
        """States of all certificates by holder: one that is issued, and any number that a crash left without one."""
        items = made(self.as_("chungthu").send("GET", "/api/v1/certificates?limit=200"))[0]["items"]
        holders = {}
        for one in items:
            if one["person"] or one["agency"]:
                holders.setdefault(one["person"] or one["agency"], []).append(one["state"])
        for holder, states in holders.items():
            check(states.count("issued") == 1 and set(states) <= {"issued", "intended", "abandoned"}, f"certificates of {holder}: {states}")
        check(len(holders) == 5, f"holders of certificates: {holders}")


with tempfile.TemporaryDirectory() as temporary:
    database = MariaDb(temporary) if on_mariadb else None
    service = Service(congvan, temporary + "/data", init=database.init if database else [])
    service.start()
    story = Story(service)
    story.killer_on = True
    story.set_up()
    at_set_up, story.kills_most, rounds = service.kills, kills_wanted, 0
    while service.kills < kills_wanted and rounds < 60 and not failures:
        story.one_document(small_pdf())
        story.one_arrival()
        rounds += 1
    story.killer_on = False
    if service.process.poll() is not None:
        service.start()
    story.read_back()
    story.certificates()
    check(service.kills >= kills_wanted, f"{service.kills} kills of {kills_wanted}")
    numbers = sorted(n for _, _, n in story.documents.values() if n is not None)
    check(numbers == list(range(1, len(numbers) + 1)), f"numbers {numbers}")
    service.stop()
    doctor = subprocess.run([congvan, "doctor", "--config", temporary + "/data/congvan.yaml"], capture_output=True, text=True)
    print(doctor.stdout)
    check(doctor.returncode == 0, "doctor: " + doctor.stdout + doctor.stderr)
    for log in ("issuance", "records"):
        key = pathlib.Path(temporary, "data/log", log + ".vkey").read_text().strip()
        checked = subprocess.run([congvan, "log", "check", f"{temporary}/data/log/{log}", "--key", key],
                                 capture_output=True, text=True)
        check(checked.returncode == 0, f"log check {log}: {checked.stdout}{checked.stderr}")
    if database:
        database.stop()
    print(f"{rounds} documents, {service.kills} kills, {at_set_up} of them at set-up, {len(numbers)} numbers")
finish()
