#!/usr/bin/env bash
# ocsp_request.sh FOLDER: requests with and without nonce, for several certificates, signed, and by other digests.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$scratch/key" -out "$scratch/ca.pem" \
  -set_serial 0x1234 -subj '/C=VN/CN=CA' 2>/dev/null
ask() {  # NAME OPTIONS...
  local name=$1
  shift
  openssl ocsp -issuer "$scratch/ca.pem" -reqout "$name" "$@" >/dev/null 2>&1
}
ask nonce -cert "$scratch/ca.pem"
ask plain -cert "$scratch/ca.pem" -no_nonce
ask several -serial 1 -serial 0x80 -serial 0x7fffffffffffffffffffffffffffffff -no_nonce
ask sha256 -sha256 -cert "$scratch/ca.pem"
ask signed -cert "$scratch/ca.pem" -signer "$scratch/ca.pem" -signkey "$scratch/key"
touch done
