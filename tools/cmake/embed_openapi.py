#!/usr/bin/env python3
"""embed_openapi.py IN.yaml OUT.cpp: the contract as JSON in a list of characters, because a compiler need not take more
than 65,536 of them in one string literal, however many pieces it is written in."""
import json, sys, yaml

text = json.dumps(yaml.safe_load(open(sys.argv[1], encoding="utf-8")), ensure_ascii=True, separators=(",", ":")).encode("ascii")
rows = ",\n    ".join(",".join(str(byte) for byte in text[at:at + 40]) for at in range(0, len(text), 40))
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write(f'''#include "edge/http/openapi.h"

namespace congvan::http {{

std::string_view openapiJson() {{
  static constexpr char kText[] = {{
    {rows}}};
  return {{kText, sizeof kText}};
}}

}}  // namespace congvan::http
''')
