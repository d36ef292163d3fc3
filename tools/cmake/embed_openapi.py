#!/usr/bin/env python3
"""embed_openapi.py IN.yaml OUT.cpp: the contract as JSON in a string constant, in pieces that every compiler takes."""
import json, sys, yaml

text = json.dumps(yaml.safe_load(open(sys.argv[1], encoding="utf-8")), ensure_ascii=True, separators=(",", ":"))
pieces = "\n    ".join(json.dumps(text[at:at + 100]) for at in range(0, len(text), 100))
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write(f'''#include "edge/http/openapi.h"

namespace congvan::http {{

std::string_view openapiJson() {{
  static constexpr char kText[] =
    {pieces};
  return {{kText, sizeof kText - 1}};
}}

}}  // namespace congvan::http
''')
