#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sntp.sh FOLDER: a server's answer, a kiss of death, and a question.
set -eu
answer=2402000000000100000000807f000001eea80500000000000123456789abcdef
times=eea805400147ae14eea805400147ae14
printf '%s' "$answer$times" | xxd -r -p > "$1/answer"
printf '%s' "240000000000000000000000444e5959$(printf '0%.0s' {1..16})0123456789abcdef$times" | xxd -r -p > "$1/kiss"
printf '%s' "23$(printf '0%.0s' {1..78})0123456789abcdef" | xxd -r -p > "$1/question"
