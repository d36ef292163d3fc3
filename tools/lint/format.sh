#!/usr/bin/env bash
# Every C++ file is as clang-format leaves it.
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
while read -r file; do
  if clang-format --dry-run -Werror "$file" >/dev/null 2>&1; then passed=$((passed + 1)); else
    echo "not formatted: $file"; failed=$((failed + 1)); fi
done < <(find src tests -name '*.h' -o -name '*.cpp' | sort)
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
