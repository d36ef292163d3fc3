#!/usr/bin/env bash
# crl.sh FOLDER: complete, partitioned, indirect and delta CRLs, in DER and PEM.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$scratch/key" -out "$scratch/ca.pem" \
  -subj '/C=VN/CN=CA' 2>/dev/null
printf 'R\t400101000000Z\t260101000000Z,keyCompromise\t1234\tunknown\t/CN=a\nR\t400101000000Z\t260201000000Z\t77\tunknown\t/CN=b\n' \
  >"$scratch/index.txt"
echo 01 >"$scratch/number"
make() {  # NAME EXTENSION-LINES
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\ncrlnumber=%s/number\ndefault_md=sha256\n[e]\nauthorityKeyIdentifier=keyid\n%b\n' \
    "$scratch" "$scratch" "$2" >"$scratch/cnf"
  openssl ca -config "$scratch/cnf" -gencrl -crlexts e -cert "$scratch/ca.pem" -keyfile "$scratch/key" -crldays 30 \
    -out "$1.pem" 2>/dev/null
  openssl crl -in "$1.pem" -outform DER -out "$1.der"
}
make complete ''
make partition 'issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://a.vn/1.crl\nonlyuser=TRUE\nonlysomereasons=keyCompromise,superseded'
make indirect 'issuingDistributionPoint=critical,@p\n[p]\nindirectCRL=TRUE'
make delta '2.5.29.27=critical,ASN1:INTEGER:1'
touch done
