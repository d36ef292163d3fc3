#!/usr/bin/env bash
# ocsp.sh FOLDER: good and revoked answers by the issuer, by name and by key, and an error answer.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$scratch/key" -out "$scratch/ca.pem" \
  -set_serial 0x1234 -subj '/C=VN/CN=CA' 2>/dev/null
answer() {  # NAME INDEX-LINE OPTIONS...
  local name=$1
  printf "$2" >"$scratch/index.txt"
  shift 2
  openssl ocsp -index "$scratch/index.txt" -CA "$scratch/ca.pem" -rsigner "$scratch/ca.pem" -rkey "$scratch/key" \
    -issuer "$scratch/ca.pem" -cert "$scratch/ca.pem" -respout "$name" "$@" >/dev/null 2>&1
}
answer good 'V\t400101000000Z\t\t1234\tunknown\t/CN=a\n' -ndays 7
answer by-key 'V\t400101000000Z\t\t1234\tunknown\t/CN=a\n' -resp_key_id -no_nonce
answer revoked 'R\t400101000000Z\t260101000000Z,superseded\t1234\tunknown\t/CN=a\n' -ndays 7
answer unknown 'V\t400101000000Z\t\t99\tunknown\t/CN=a\n'
printf '\x30\x03\x0a\x01\x06' >try-later
touch done
