#!/usr/bin/env bash
# leaf.sh FOLDER: one leaf of each kind, a bundle and a staged batch.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
bytes() { head -c "$1" /dev/zero | tr '\0' '\21'; }
time='\0\0\1\2\3\4\5\6'
{ printf '\1\1'; bytes 32; } >event
{ printf '\1\2'"$time"; bytes 48; printf '\0\6person\0\2\177\1'; bytes 32; } >intent
{ printf '\1\3'"$time"'\0\0\0\0\0\0\0\7\0\2\177\1'; bytes 32; } >issued
{ printf '\1\4'"$time"'\0\2\177\1\3\1'; } >status
printf '\2\0\3one\0\3two' >bundle
{ printf 'congvan-batch-v1\n\0\0\0\0\0\0\0\1'; bytes 32
  printf '\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\16tile/0/000.p/1\0\0\0\0\0\0\0\40'; bytes 32; } >batch
touch done
