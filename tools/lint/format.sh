#!/usr/bin/env bash
# Every C++ file is as clang-format leaves it.
cd "$(dirname "$0")/../.." || exit 1
command -v clang-format >/dev/null || { echo "clang-format is missing"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
mapfile -t files < <(find src tests -name node_modules -prune -o \( -name '*.h' -o -name '*.cpp' \) -print | sort)
mapfile -t wrong < <(printf '%s\0' "${files[@]}" |
  xargs -0 -n 16 -P "$(nproc)" clang-format --dry-run -Werror 2>&1 |
  sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error: .*/\1/p' | sort -u)
for file in "${wrong[@]}"; do echo "not formatted: $file"; done
echo "$((${#files[@]} - ${#wrong[@]})) passed, ${#wrong[@]} failed, 0 skipped"
[ ${#wrong[@]} = 0 ]
