#!/usr/bin/env python3
"""Every reason that the program can refuse with has a sentence in both message catalogues, no sentence is left over,
both languages have the same keys and fill the same slots, and each slot is a name that somebody hands over."""
import json, pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "src/edge/http/messages"
# Put together from a prefix and a word: method of the call, prefix of the reason.
PREFIXED = [(r"badRequest\(\s*\"([a-z_0-9]+)\"", "request_"), (r"\brefuse\(\s*[^;\"]*(?:\"[^\"]*\")?[^;\"]*,\s*\"([a-z_0-9]+)\"", "field_")]
# Stores hand these words to helpers of theirs.
STORED = ("src/edge/storage/", r"\"([a-z_]+_(?:taken|missing))\"")
WORDS = ROOT / "src/edge/http/words"
# Parameters that are one of a closed list are said in words: a slot {group.parameter}, and where the names of the list stand.
CLOSED = ("state", "role", "verdict", "kind", "urgency", "capacity", "purpose")
INITIALS = ("src/office/records/outgoing_route.cpp", r"kInitialsMost = (\d+);")
LISTS = {"column": ("src/office/authority/register_types.cpp", r"\{Column::\w+, \"([a-zA-Z0-9]+)\"\}"),
         "kind": ("src/office/authority/types.cpp", r"\{CertificateKind::\w+, \"([a-z-]+)\"\}"),
         "reason": ("src/office/authority/register_types.cpp", r"\{RevocationReason::\w+, \"([a-z-]+)\"\}"),
         "sheet": ("src/edge/http/api/register.cpp", r"word\(\"sheet\.(\w+)\""),
         "standing": ("src/office/authority/register_types.cpp", r"\{Standing::\w+, \"([a-z-]+)\"\}"),
         "certificate": ("src/office/authority/types.cpp", r"\{CertificateState::\w+, \"([a-z-]+)\"\}"),
         "delivery": ("src/office/exchange/types.cpp", r"\{DeliveryState::\w+, \"([a-z-]+)\"\}"),
         "document": ("src/office/records/types.cpp", r"\{DocumentState::\w+, \"([a-z-]+)\"\}"),
         "request": ("src/office/authority/request_types.cpp", r"\{RequestState::\w+, \"([a-z-]+)\"\}"),
         "slot": ("src/office/records/slots.h", r"k\w+Field = \"([a-z-]+)\""),
         "role": ("src/office/directory/types.cpp", r"\{Role::\w+, \"([a-z-]+)\"\}"),
         "verdict": ("src/trust/validation/names.cpp", r"Overall::\w+:\s*return \"([A-Z-]+)\"")}
SLOT = r"\{((?:\w+\.)?\w+)\}"


def code_of(file):
    return re.sub(r"//[^\n]*", "", file.read_text())


def helpers_in(code):
    """Functions of one file that make an Error of the reason handed to them."""
    made = re.finditer(r"\b(?:Error|Result<[^>]*>)\s+(\w+)\(\s*(?:const\s+)?(?:std::string(?:_view)?|char)[\s&*]+reason\b", code)
    return {one[1] for one in made}


def reasons_in(code):
    found = {}
    literal = r"\"([a-z][a-z_0-9]*)\""
    for one in re.finditer(r"Code::\w+,\s*((?:[^;{}\"]*\?\s*)?\"[a-z_0-9]+\"(?:\s*:\s*\"[a-z_0-9]+\")?)\s*(?=[,}])", code):
        for reason in re.findall(literal, one[1]):
            found.setdefault(reason, one.start())
    for name in helpers_in(code):
        for one in re.finditer(r"\b" + name + r"\(\s*((?:[^;(){}\"]*\?\s*)?\"[a-z_0-9]+\"(?:\s*:\s*\"[a-z_0-9]+\")?)", code):
            for reason in re.findall(literal, one[1]):
                found.setdefault(reason, one.start())
    for pattern, prefix in PREFIXED:
        for one in re.finditer(pattern, code):
            found.setdefault(prefix + one[1], one.start())
    return {reason: place for reason, place in found.items() if not reason.endswith("_")}


def check_words(language, sentences):
    slots = {slot for text in sentences.values() for slot in re.findall(SLOT, text)}
    words = json.loads((WORDS / f"{language}.json").read_text())
    named = {f"{group}.{name}" for group, (file, pattern) in LISTS.items() for name in re.findall(pattern, (ROOT / file).read_text())}
    most = int(re.search(INITIALS[1], (ROOT / INITIALS[0]).read_text())[1])
    named |= {f"slot.ky-nhay-{number + 1}" for number in range(most)}
    failed = [f"{language}.json: the keys of {{{slot}}} are not said in words" for slot in sorted(slots & set(CLOSED))]
    failed += [f"{language}.json: there are no words for {{{slot}}}" for slot in slots if "." in slot and slot.split(".")[0] not in LISTS]
    failed += [f"words/{language}.json lacks {word}" for word in sorted(named - set(words))]
    failed += [f"words/{language}.json: nothing is called {word}" for word in sorted(set(words) - named)]
    failed += [f"the names of {group} are not found" for group in LISTS if not any(word.startswith(group + ".") for word in named)]
    return failed


def main():
    catalogues = {name: json.loads((MESSAGES / f"{name}.json").read_text()) for name in ("vi", "en")}
    made, literals = {}, set()
    for file in sorted((ROOT / "src").rglob("*")):
        name = file.relative_to(ROOT).as_posix()
        if file.suffix not in (".cpp", ".h"):
            continue
        code = code_of(file)
        literals |= set(re.findall(r"\"([a-zA-Z][a-zA-Z_0-9]*)\"", code))
        found = reasons_in(code)
        if name.startswith(STORED[0]):
            found |= {one[1]: one.start() for one in re.finditer(STORED[1], code)}
        for reason, place in found.items():
            made.setdefault(reason, f"{name}:{code.count(chr(10), 0, place) + 1}")
    failed = [f"{place}: no sentence for {reason} in {language}.json" for reason, place in sorted(made.items())
              for language, catalogue in catalogues.items() if reason not in catalogue]
    for language, catalogue in catalogues.items():
        failed += [f"{language}.json: {reason} is not made anywhere" for reason in catalogue
                   if reason not in made and reason not in literals]
        failed += [f"{language}.json: not in order at {later}" for earlier, later in zip(catalogue, list(catalogue)[1:]) if earlier >= later]
        failed += [f"{language}.json: {reason} is empty or has a line break" for reason, text in catalogue.items()
                   if not text.strip() or "\n" in text]
        failed += [f"{language}.json: {reason}: nobody hands over {slot}" for reason, text in catalogue.items()
                   for slot in re.findall(SLOT, text) if slot.split(".")[-1] not in literals]
        failed += check_words(language, catalogue)
    vi, en = catalogues["vi"], catalogues["en"]
    failed += [f"only one language has {reason}" for reason in sorted(set(vi) ^ set(en))]
    failed += [f"{reason}: the languages fill different slots" for reason in sorted(set(vi) & set(en))
               if set(re.findall(SLOT, vi[reason])) != set(re.findall(SLOT, en[reason]))]
    print("\n".join(sorted(set(failed))))
    checked = len(made) + len(vi) + len(en)
    print(f"{max(checked - len(failed), 0)} passed, {len(failed)} failed, 0 skipped")
    return bool(failed) or not made


if __name__ == "__main__":
    sys.exit(main())
