#!/usr/bin/env python3
"""docs/api-guide.md names every route of openapi.yaml, and no other, in its section "Every route"."""
# SPDX-License-Identifier: Apache-2.0
import pathlib, re, sys
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "delete")


def main():
    contract = yaml.safe_load((ROOT / "src/edge/http/openapi.yaml").read_text())
    made = {f"{method.upper()} {path}" for path, acts in contract["paths"].items() for method in acts if method in METHODS}
    section = (ROOT / "docs/api-guide.md").read_text().split("\n## Every route\n")[1].split("\n## ")[0]
    told = {f"{method} {path}" for methods, path in re.findall(r"`((?:[A-Z]+ )+)(/[^`]*)`", section) for method in methods.split()}
    failed = [f"api-guide.md lacks {route}" for route in sorted(made - told)]
    failed += [f"openapi.yaml has no {route}" for route in sorted(told - made)]
    print("\n".join(failed))
    print(f"{len(made | told) - len(failed)} passed, {len(failed)} failed, 0 skipped")
    return bool(failed) or not made


if __name__ == "__main__":
    sys.exit(main())
