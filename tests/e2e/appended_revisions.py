#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever is appended to a signed PDF: where `congvan verify` sees no modification, other readers see the old pages.

usage: appended_revisions.py CONGVAN [SEED [PAIRS]]
A revision is one or two changes of a list, written in one of four forms. Where `congvan` names nothing, poppler draws and reads
the same pages with the same boxes from the signed file and from the whole one, and qpdf the same contents. Where only form
filling and signatures are named, boxes and contents are the same.
"""
import itertools, json, pathlib, random, re, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import make_signed_pdf  # noqa: E402

CONGVAN = str(pathlib.Path(sys.argv[1]).resolve())
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 20261122
PAIRS = int(sys.argv[3]) if len(sys.argv) > 3 else 160
FORMS = ["table", "stream", "packed", "hybrid"]


class Stream:
    def __init__(self, data, entries=None):
        self.data, self.entries = data, dict(entries or {})


def text_of(value):
    if isinstance(value, dict):
        return "<< " + " ".join(f"{key} {text_of(one)}" for key, one in value.items()) + " >>"
    if isinstance(value, list):
        return "[" + " ".join(text_of(one) for one in value) + "]"
    return str(value)


def bytes_of(value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, Stream):
        return text_of(value.entries | {"/Length": len(value.data)}).encode() + b"\nstream\n" + value.data + b"\nendstream"
    return text_of(value).encode()


def words(*lines, x=40, font="/F1"):
    return "".join(f"BT {font} 18 Tf {x} {240 - 30 * n} Td ({line}) Tj ET\n" for n, line in enumerate(lines)).encode()


def drawn(text):
    return Stream(words(text, x=2), {"/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, 200, 260],
                                     "/Resources": {"/Font": {"/F1": "14 0 R"}}})


def base():
    """Two levels of pages that inherit, an XObject, optional content, a filled field, an empty signature field."""
    font = {"/Type": "/Font", "/Subtype": "/Type1"}
    widget = {"/Type": "/Annot", "/Subtype": "/Widget", "/P": "5 0 R", "/F": 4}
    return {
        1: {"/Type": "/Catalog", "/Pages": "2 0 R", "/AcroForm": "20 0 R", "/OCProperties": "30 0 R", "/Metadata": "33 0 R"},
        2: {"/Type": "/Pages", "/Kids": ["3 0 R", "4 0 R"], "/Count": 3, "/MediaBox": [0, 0, 400, 300], "/Resources": "16 0 R"},
        3: {"/Type": "/Pages", "/Parent": "2 0 R", "/Kids": ["5 0 R", "6 0 R"], "/Count": 2, "/CropBox": [10, 10, 390, 290]},
        4: {"/Type": "/Page", "/Parent": "2 0 R", "/Contents": "12 0 R", "/Rotate": 0},
        5: {"/Type": "/Page", "/Parent": "3 0 R", "/Contents": ["10 0 R", "11 0 R"], "/Annots": ["21 0 R", "22 0 R", "25 0 R", "26 0 R"]},
        6: {"/Type": "/Page", "/Parent": "3 0 R", "/Contents": "12 0 R", "/Annots": "17 0 R"},
        10: Stream(words("CHI THI", "So 12")),
        11: Stream(b"/OC /O1 BDC BT /F1 18 Tf 40 120 Td (Mat) Tj ET EMC q 1 0 0 1 200 0 cm /X1 Do Q\n"),
        12: Stream(words("Trang hai", font="/F2")),
        13: drawn("Dau"),
        14: font | {"/BaseFont": "/Helvetica"},
        15: font | {"/BaseFont": "/Courier"},
        16: {"/Font": {"/F1": "14 0 R", "/F2": "15 0 R"}, "/XObject": {"/X1": "13 0 R"}, "/Properties": {"/O1": "32 0 R"}},
        17: [],
        18: {"/Font": {"/F1": "14 0 R", "/F3": "19 0 R"}},
        19: font | {"/BaseFont": "/Times-Roman"},
        20: {"/Fields": ["21 0 R", "22 0 R", "25 0 R", "26 0 R"], "/SigFlags": 3, "/DA": "(/F3 12 Tf 0 g)", "/DR": "18 0 R"},
        21: widget | {"/FT": "/Tx", "/T": "(SoTien)", "/V": "(1 TRIEU)", "/Rect": [40, 60, 200, 90], "/AP": {"/N": "23 0 R"}},
        22: widget | {"/FT": "/Sig", "/T": "(ChuTich)", "/Rect": [0, 0, 0, 0], "/V": "24 0 R"},
        23: drawn("1 TRIEU"),
        24: make_signed_pdf.value(),
        25: widget | {"/FT": "/Tx", "/T": "(NoiNhan)", "/V": "(UBND)", "/Rect": [220, 60, 380, 90]},  # which readers draw
        26: widget | {"/FT": "/Tx", "/T": "(SoBan)", "/V": "(05)", "/Rect": [220, 20, 380, 50], "/DA": "(/F8 12 Tf 0 g)"},
        30: {"/OCGs": ["32 0 R"], "/D": {"/ON": ["32 0 R"], "/Order": ["32 0 R"]}},
        32: {"/Type": "/OCG", "/Name": "(Mat)"},
        33: Stream(b"<x:xmpmeta/>", {"/Type": "/Metadata", "/Subtype": "/XML"}),
    }


class Update:
    """What is to be appended: objects of the base that become others, and new ones."""

    def __init__(self):
        self.objects, self.before, self.free = {}, base(), 60
        self.twice, self.generations, self.freed = {}, {}, []

    def at(self, number):
        """The object as it will be, to be changed."""
        if number not in self.objects:
            old = self.before[number]
            self.objects[number] = json.loads(json.dumps(old)) if isinstance(old, (dict, list)) else old
        return self.objects[number]

    def new(self, value):
        self.free += 1
        self.objects[self.free] = value
        return f"{self.free} 0 R"


def table_row(offset, generation, kind):
    return b"%010d %05d %c \n" % (offset, generation, kind)


def appended(file, update, form):
    """`file` and one revision with the update, its cross-reference in the given form."""
    previous = int(re.findall(rb"startxref\s+(\d+)", file)[-1])
    body, rows, packed = b"", [], []
    for number, value in sorted(update.objects.items()):
        generation = update.generations.get(number, 0)
        if form in ("packed", "hybrid") and not isinstance(value, (bytes, Stream)) and not generation:
            packed.append((number, text_of(value)))
            continue
        for once in [value] + ([update.twice[number]] if number in update.twice else []):
            rows.append((number, 1, len(file) + len(body), generation))
            body += b"%d %d obj\n%s\nendobj\n" % (number, generation, bytes_of(once))
    rows += [(number, 0, 0, 1) for number in update.freed]
    holder, index = 90, 91
    hidden = []
    if packed:
        texts, head = "", ""
        for place, (number, text) in enumerate(packed):
            head += f"{number} {len(texts)} "
            texts += text + " "
            hidden.append((number, 2, holder, place))
        rows.append((holder, 1, len(file) + len(body), 0))
        body += b"%d 0 obj\n%s\nendobj\n" % (holder, bytes_of(Stream(
            (head + texts).encode(), {"/Type": "/ObjStm", "/N": len(packed), "/First": len(head)})))
    trailer = {"/Size": 95, "/Root": "1 0 R", "/Prev": previous}
    at = len(file) + len(body)
    if form != "table":
        mine = sorted((hidden if form == "hybrid" else rows + hidden) + [(index, 1, at, 0)])
        data = b"".join(bytes([kind]) + first.to_bytes(4, "big") + bytes([second]) for _, kind, first, second in mine)
        sections = list(itertools.chain.from_iterable([number, 1] for number, *_ in mine))
        entries = {"/Type": "/XRef", "/W": [1, 4, 1], "/Index": sections} | trailer
        body += b"%d 0 obj\n%s\nendobj\n" % (index, bytes_of(Stream(data, entries)))
    if form in ("table", "hybrid"):
        if form == "hybrid":
            trailer["/XRefStm"] = at
        at = len(file) + len(body)
        body += b"xref\n"
        for number, kind, first, second in sorted(rows):
            body += b"%d 1\n" % number + table_row(first, second, b"n"[0] if kind else b"f"[0])
        body += b"trailer\n" + text_of(trailer).encode() + b"\n"
    return file + body + b"startxref\n%d\n%%%%EOF\n" % at


# --- what may happen to a signed file ---

def setting(number, key, value):
    return lambda update: update.at(number).update({key: value})


def replacing(number, value):
    return lambda update: update.objects.update({number: value})


def annotated(page, annotation):
    def change(update):
        reference = update.new({"/Type": "/Annot", "/Rect": [40, 200, 300, 280], "/F": 4} | annotation)
        if page == 6:
            update.at(17).append(reference)
        else:
            update.at(page).setdefault("/Annots", []).append(reference)
    return change


def new_root(update):
    root = update.new(update.before[2] | {"/CropBox": [0, 0, 200, 150], "/Kids": ["3 0 R", "4 0 R"]})
    update.at(1)["/Pages"] = root


def new_root_by_both_ways(update):
    new_root(update)
    for number in (3, 4):
        update.at(number)["/Parent"] = update.objects[1]["/Pages"]


def new_node(update):
    node = update.new({"/Type": "/Pages", "/Parent": "2 0 R", "/Kids": ["4 0 R"], "/Count": 1, "/Rotate": 180})
    update.at(2)["/Kids"] = ["3 0 R", node]


def harmless_node(update):
    node = update.new({"/Type": "/Pages", "/Parent": "2 0 R", "/Kids": ["4 0 R"], "/Count": 1})
    update.at(2)["/Kids"] = ["3 0 R", node]
    update.at(4)["/Parent"] = node


def other_parent(update):
    update.at(5)["/Parent"] = update.new({"/Type": "/Pages", "/Kids": ["5 0 R"], "/Count": 1, "/CropBox": [0, 0, 100, 100],
                                          "/Parent": "2 0 R"})


def node_resources(update):
    other = update.new({"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/ZapfDingbats"})
    update.at(3)["/Resources"] = {"/Font": {"/F1": other, "/F2": other}, "/XObject": {"/X1": "13 0 R"}}


def new_signature_field(update):
    field = update.new({"/Type": "/Annot", "/Subtype": "/Widget", "/FT": "/Sig", "/T": "(KeToan)", "/Rect": [0, 0, 0, 0],
                        "/P": "4 0 R", "/F": 132})
    update.at(20)["/Fields"].append(field)
    update.at(4).setdefault("/Annots", []).append(field)


def new_text_field(update):
    field = update.new({"/Type": "/Annot", "/Subtype": "/Widget", "/FT": "/Tx", "/T": "(Them)", "/V": "(9)",
                        "/Rect": [40, 200, 300, 280], "/P": "5 0 R", "/F": 4, "/AP": {"/N": update.new(drawn("900 TY"))}})
    update.at(20)["/Fields"].append(field)
    update.at(5)["/Annots"].append(field)


def filled(update):
    update.at(21).update({"/V": "(2 TRIEU)", "/AP": {"/N": update.new(drawn("2 TRIEU"))}})


def validation_data(update):
    update.at(1)["/DSS"] = update.new({"/Type": "/DSS", "/Certs": [update.new(Stream(b"0000"))]})


def script(update):
    action = update.new({"/S": "/JavaScript", "/JS": "(app.alert\\(1\\))"})
    update.at(1)["/Names"] = {"/JavaScript": {"/Names": ["(a)", action]}}


def other_contents(update):
    update.at(5)["/Contents"] = [update.new(Stream(words("CHI THI GIA"))), "11 0 R"]


def signed_reference(update):
    update.at(5)["/Contents"] = ["10 0 R", "+11 0 R", "+62 0 R"]
    update.objects[62] = Stream(words("GIA"))


def again(update):
    for number in (5, 14, 20):
        update.at(number)


def twice(update):
    update.objects[10] = update.before[10]
    update.twice[10] = Stream(words("CHI THI GIA"))


def second_generation(update):
    update.objects[10] = Stream(words("CHI THI GIA"))
    update.generations[10] = 1


CHANGES = {
    "a content stream replaced": replacing(10, Stream(words("CHI THI GIA"))),
    "a shared content stream replaced": replacing(12, Stream(words("Trang gia", font="/F2"))),
    "another /Contents": other_contents,
    "one more content stream": lambda update: update.at(5)["/Contents"].append(update.new(Stream(words("GIA", x=200)))),
    "references with a sign": signed_reference,
    "/MediaBox of a page": setting(4, "/MediaBox", [0, 0, 200, 300]),
    "/CropBox of a page": setting(5, "/CropBox", [0, 0, 200, 150]),
    "/Rotate of a page": setting(4, "/Rotate", 180),
    "/UserUnit of a page": setting(6, "/UserUnit", 2),
    "/Resources of a page": setting(4, "/Resources", {"/Font": {"/F2": "14 0 R"}}),
    "/MediaBox of the root": setting(2, "/MediaBox", [0, 0, 200, 300]),
    "/CropBox of the root": setting(2, "/CropBox", [0, 0, 200, 150]),
    "/CropBox of a node": setting(3, "/CropBox", [100, 100, 390, 290]),
    "/Rotate of a node": setting(3, "/Rotate", 90),
    "/Resources of a node": node_resources,
    "entries of the resources": setting(16, "/Font", {"/F1": "15 0 R", "/F2": "14 0 R"}),
    "a new root": new_root,
    "a new root, both ways": new_root_by_both_ways,
    "a new node": new_node,
    "a new node that says nothing": harmless_node,
    "another /Parent": other_parent,
    "fewer pages by /Count": setting(2, "/Count", 2),
    "fewer pages by /Count of a node": setting(3, "/Count", 1),
    "pages in another order": setting(3, "/Kids", ["6 0 R", "5 0 R"]),
    "a page less": lambda update: (update.at(2).update({"/Kids": ["3 0 R"], "/Count": 2})),
    "a page twice": lambda update: (update.at(2).update({"/Kids": ["3 0 R", "4 0 R", "4 0 R"], "/Count": 4})),
    "a free text over a page": annotated(5, {"/Subtype": "/FreeText", "/DA": "(/F1 20 Tf 1 0 0 rg)", "/Contents": "(GIA)"}),
    "a square over a page": annotated(4, {"/Subtype": "/Square", "/IC": [1, 1, 1], "/C": [1, 1, 1]}),
    "a stamp in a loose list": annotated(6, {"/Subtype": "/Stamp", "/Contents": "(GIA)"}),
    "a widget of no field": annotated(5, {"/Subtype": "/Widget", "/AP": {"/N": "13 0 R"}}),
    "a link": annotated(4, {"/Subtype": "/Link", "/A": {"/S": "/URI", "/URI": "(http://a.invalid)"}}),
    "a field hidden": setting(21, "/F", 2),
    "a field with another look": setting(21, "/AP", {"/N": "13 0 R"}),
    "the look of a field replaced": replacing(23, drawn("900 TY")),
    "a field moved": setting(21, "/Rect", [40, 200, 300, 280]),
    "a field filled": filled,
    "a value without a look": setting(21, "/V", "(900 TY)"),
    "a new text field": new_text_field,
    "a new empty signature field": new_signature_field,
    "the form's looks are to be redrawn": setting(20, "/NeedAppearances", "true"),
    "the form's default look": setting(20, "/DA", "(/F1 30 Tf 1 0 0 rg)"),
    "the form's alignment": setting(20, "/Q", 2),
    "the form's resources": setting(20, "/DR", {"/Font": {"/F1": "14 0 R", "/F3": "15 0 R"}}),
    "the form's resources in their place": setting(18, "/Font", {"/F1": "14 0 R", "/F3": "15 0 R"}),
    "a font that a field asks for": setting(18, "/Font", {"/F1": "14 0 R", "/F3": "19 0 R", "/F8": "15 0 R"}),
    "more resources for the form": setting(18, "/Font", {"/F1": "14 0 R", "/F3": "19 0 R", "/F9": "15 0 R"}),
    "the form's resources and what they name": lambda update: (
        update.at(18)["/Font"].update({"/F9": "15 0 R"}),
        update.objects.update({19: {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Courier"}})),
    "a font of the form replaced": replacing(19, {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Courier"}),
    "the form replaced": lambda update: update.at(1).update({"/AcroForm": update.new(update.before[20] | {"/XFA": "(x)"})}),
    "a layer switched off": setting(30, "/D", {"/OFF": ["32 0 R"]}),
    "all layers switched off": setting(30, "/D", {"/BaseState": "/OFF"}),
    "a layer for printing only": setting(32, "/Usage", {"/View": {"/ViewState": "/OFF"}}),
    "layers by usage": setting(30, "/D", {"/AS": [{"/Event": "/View", "/OCGs": ["32 0 R"], "/Category": ["/View"]}]}),
    "no layers": lambda update: update.at(1).pop("/OCProperties"),
    "a script": script,
    "an action at opening": setting(1, "/OpenAction", {"/S": "/JavaScript", "/JS": "(1)"}),
    "an action of a page": setting(4, "/AA", {"/O": {"/S": "/Named", "/N": "/NextPage"}}),
    "another page layout": setting(1, "/PageLayout", "/TwoColumnLeft"),
    "a font replaced": replacing(14, {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Symbol"}),
    "a font's encoding": setting(15, "/Encoding", {"/Type": "/Encoding", "/Differences": [97, "/x", "/y", "/z"]}),
    "an XObject replaced": replacing(13, drawn("GIA")),
    "an XObject turned": lambda update: update.objects.update({13: Stream(base()[13].data, base()[13].entries | {"/Matrix": [1, 0, 0, 1, 50, 50]})}),
    "an object twice in one section": twice,
    "an object of another generation": second_generation,
    "an object freed": lambda update: update.freed.append(11),
    "another /Metadata": replacing(33, Stream(b"<x:xmpmeta> </x:xmpmeta>", {"/Type": "/Metadata", "/Subtype": "/XML"})),
    "objects written again": again,
    "an object that nobody needs": lambda update: update.new({"/Nothing": "true"}),
    "validation data": validation_data,
    "when the page was changed": setting(5, "/LastModified", "(D:20261122000000Z)"),
}


# --- what others see ---

def said_by(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
    return done.returncode, done.stdout


def boxes_and_contents(folder, name):
    """Boxes as poppler reads them, and what the pages draw by themselves: the text behind the form's."""
    code, boxes = said_by(folder, "pdfinfo", "-box", "-l", "9", name)
    wanted = (b"Page", b"Pages")
    lines = [line for line in boxes.splitlines() if line.startswith(wanted) and not line.startswith(b"Page size:")]
    said = json.loads(said_by(folder, "qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=generalized", name)[1])
    objects = said["qpdf"][1]
    contents = [[objects["obj:" + one]["stream"]["data"] for one in page["contents"]] for page in said["pages"]]
    return code, lines, contents


def everything(folder, name):
    drawn_pages = []
    for page in ("1", "2", "3", "4"):
        drawn_pages.append(said_by(folder, "pdftocairo", "-png", "-r", "40", "-f", page, "-l", page, "-singlefile", name, "-"))
    return boxes_and_contents(folder, name), said_by(folder, "pdftotext", "-bbox", name, "-"), drawn_pages


class Judge:
    def __init__(self, folder, signed):
        self.folder = folder
        (folder / "signed.pdf").write_bytes(signed)
        self.old_pages, self.old = boxes_and_contents(folder, "signed.pdf"), everything(folder, "signed.pdf")
        self.silent, self.named, self.modified = [], [], []

    def trouble(self, name, file):
        (self.folder / "whole.pdf").write_bytes(file)
        done = subprocess.run([CONGVAN, "verify", "whole.pdf", "--checks", "integrity", "--format", "json"], cwd=self.folder,
                              capture_output=True, timeout=60)
        said = json.loads(done.stdout)
        if said["overall"] == "MALFORMED":
            return None
        signature = said["signatures"][0]
        if not signature["intact"]:
            return f"not intact: {said}"
        if signature["document"] not in ("as-signed", "extended"):
            self.modified.append(name)
            return "modified and yet passed" if said["overall"] == "TOTAL-PASSED" else None
        if signature["changes_after"]:
            self.named.append(name)
            same = boxes_and_contents(self.folder, "whole.pdf") == self.old_pages
        else:
            self.silent.append(name)
            same = everything(self.folder, "whole.pdf") == self.old
        return None if same else f"others see other pages; named: {signature['changes_after']}"


def signed_base(folder):
    subprocess.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem -days 30"
                   " -subj /CN=ky", shell=True, cwd=folder, check=True, capture_output=True)
    file, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", {}
    for number, value in base().items():
        offsets[number] = len(file)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, bytes_of(value))
    at = len(file)
    file += b"xref\n0 1\n" + table_row(0, 65535, b"f"[0])
    for number, offset in offsets.items():
        file += b"%d 1\n" % number + table_row(offset, 0, b"n"[0])
    file += b"trailer\n<< /Size 40 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % at
    return make_signed_pdf.with_cms(folder, "s", file)


def main():
    dice = random.Random(SEED)
    cases = [((name,), form) for name in CHANGES for form in FORMS]
    cases += [(tuple(dice.sample(sorted(CHANGES), 2)), dice.choice(FORMS)) for _ in range(PAIRS)]
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        signed = signed_base(folder)
        judge = Judge(folder, signed)
        for names, form in cases:
            update = Update()
            try:
                for name in names:
                    CHANGES[name](update)
            except (TypeError, AttributeError, KeyError):
                continue  # two changes of one object that do not go together
            label = f"{' and '.join(names)} ({form})"
            wrong = judge.trouble(label, appended(signed, update, form))
            if wrong:
                failed += 1
                print(f"{label}: {wrong}")
        # Otherwise nothing was tested: some revisions have to pass in silence, some with words, and most not at all.
        for what, found, least in (("nothing named", judge.silent, 12), ("named and lawful", judge.named, 8),
                                   ("modified", judge.modified, 150)):
            if len(found) < least:
                failed += 1
                print(f"{what}: only {len(found)} of at least {least}")
        judged = len(judge.silent) + len(judge.named) + len(judge.modified)
    print(f"{judged + 3 - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
