#!/usr/bin/env python3
"""check_exchanges.py EXCHANGES.jsonl...: holds recorded requests and responses against src/edge/http/openapi.yaml.
One line is {"method", "path", "request": {"headers", "json"?}, "status", "headers", "json"?}. Every operation of the
contract has to appear, and every one that can succeed has to have succeeded at least once."""
import json, pathlib, re, sys, warnings
import jsonschema, yaml

warnings.simplefilter("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTRACT = yaml.safe_load((ROOT / "src/edge/http/openapi.yaml").read_text())
RESOLVER = jsonschema.RefResolver("", CONTRACT)


def pattern_of(path):
    text = re.sub(r"\\\{\w+\\\.\\\.\\\.\\\}", ".+", re.escape(path))
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", text) + r"\Z")


PATHS = [(pattern_of(path), path) for path in sorted(CONTRACT["paths"], key=lambda path: path.count("{"))]


def operation_for(method, target):
    plain = target.split("?")[0]
    for pattern, path in PATHS:
        if pattern.match(plain) and method.lower() in CONTRACT["paths"][path]:
            return path, CONTRACT["paths"][path][method.lower()]
    return None, None


def faults_of(schema, value):
    found = jsonschema.Draft202012Validator(schema, resolver=RESOLVER).iter_errors(value)
    return [f"{'/'.join(map(str, one.absolute_path)) or 'body'}: {one.message[:300]}" for one in found]


def check_request(operation, exchange):
    """What was taken has to be what the contract asks for."""
    headers = {name.lower(): value for name, value in exchange["request"]["headers"].items()}
    for parameter in operation.get("parameters", []):
        parameter = RESOLVER.resolve(parameter["$ref"])[1] if "$ref" in parameter else parameter
        if parameter["in"] != "header":
            continue
        value = headers.get(parameter["name"].lower())
        if value is None:
            if parameter.get("required"):
                yield f"taken without {parameter['name']}"
        else:
            yield from faults_of(parameter["schema"], value)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        yield from faults_of(body["schema"], exchange["request"].get("json"))


def check_response(operation, exchange):
    status, headers = exchange["status"], {name.lower(): value for name, value in exchange["headers"].items()}
    response = operation["responses"].get(str(status)) or (operation["responses"]["default"] if status >= 400 else None)
    if response is None:
        yield f"status {status} is not in the contract"
        return
    for name, header in response.get("headers", {}).items():
        yield from faults_of(header["schema"], headers.get(name.lower()))
    if "x-trace-id" not in headers:
        yield "no X-Trace-Id"
    content = response.get("content")
    if content is None:
        return
    media = content.get(headers.get("content-type", ""))
    if media is None:
        yield f"type {headers.get('content-type')} is not in the contract"
    elif "json" in headers["content-type"]:
        yield from faults_of(media["schema"], exchange["json"])
        if status >= 400 and exchange["json"].get("status") != status:
            yield "status of the problem differs"


def main(files):
    checked, failed, seen = 0, [], {}
    for exchange in (json.loads(line) for file in files for line in open(file, encoding="utf-8")):
        path, operation = operation_for(exchange["method"], exchange["path"])
        checked += 1
        name = f"{exchange['method']} {exchange['path']} -> {exchange['status']} {exchange.get('json', {}).get('code', '') if isinstance(exchange.get('json'), dict) else ''}"
        if operation is None:
            if exchange["status"] not in (404, 405):
                failed.append(f"{name}: not in the contract")
            continue
        seen.setdefault((exchange["method"].lower(), path), set()).add(exchange["status"] < 300)
        faults = list(check_response(operation, exchange))
        if exchange["status"] < 300:
            faults += check_request(operation, exchange)
        failed += [f"{name}: {fault}" for fault in faults]
    for path, operations in CONTRACT["paths"].items():
        for method in operations:
            checked += 1
            if True not in seen.get((method, path), set()):
                failed.append(f"{method.upper()} {path}: never {'succeeded' if (method, path) in seen else 'asked'}")
    print("\n".join(failed))
    print(f"{max(checked - len(failed), 0)} passed, {len(failed)} failed, 0 skipped")
    return bool(failed) or not checked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
