#!/usr/bin/env bash
# key.sh FOLDER: public and private keys in DER and PEM, and algorithm identifiers.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
for kind in 'EC -pkeyopt ec_paramgen_curve:P-256' 'EC -pkeyopt ec_paramgen_curve:P-384' 'RSA -pkeyopt rsa_keygen_bits:1024' \
  'RSA-PSS -pkeyopt rsa_keygen_bits:1024' ED25519 ED448; do
  name=${kind//[^A-Za-z0-9]/}
  openssl genpkey -algorithm $kind -out "$name.pem" 2>/dev/null
  openssl pkey -in "$name.pem" -outform DER -out "$name.der"
  openssl pkcs8 -topk8 -nocrypt -in "$name.pem" -outform DER -out "$name.p8"
  openssl pkey -in "$name.pem" -pubout -outform DER -out "$name.spki"
done
openssl pkcs8 -topk8 -in ED25519.pem -passout pass:x -iter 1 -out encrypted.pem
printf '\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00' >sha256-rsa
printf '\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\xa2\x03\x02\x01\x20' >pss
touch done
