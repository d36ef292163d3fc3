#!/usr/bin/env bash
# certificate.sh FOLDER: certificates and requests of the kinds in use, in DER and PEM.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
make() {  # NAME OPTIONS...
  local name=$1
  shift
  openssl req -new -nodes -keyout "$scratch/key" -utf8 -outform DER "$@" 2>/dev/null >"$name"
}
ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256)
make root -x509 "${ec[@]}" -subj '/C=VN/O=Ủy ban nhân dân/CN=CA gốc' -days 7000 \
  -addext basicConstraints=critical,CA:TRUE,pathlen:1 -addext keyUsage=critical,keyCertSign,cRLSign
make person -x509 "${ec[@]}" -subj '/C=VN/O=Sở/OU=Phòng/CN=Nguyễn Văn An' -days 30 \
  -addext keyUsage=critical,digitalSignature,nonRepudiation -addext extendedKeyUsage=emailProtection \
  -addext 'crlDistributionPoints=URI:http://a.vn/a.crl' -addext 'subjectAltName=email:a@b.vn,DNS:c.vn,IP:10.0.0.1' \
  -addext 'authorityInfoAccess=OCSP;URI:http://a.vn/o,caIssuers;URI:http://a.vn/c' \
  -addext 'certificatePolicies=1.2.3,2.5.29.32.0'
make constrained -x509 "${ec[@]}" -subj /CN=x -addext 'nameConstraints=critical,permitted;DNS:vn,excluded;email:x.vn'
make rsa -x509 -newkey rsa:2048 -subj /CN=x -sigopt rsa_padding_mode:pss
make edwards -x509 -newkey ed25519 -subj /CN=x -set_serial -5
make request "${ec[@]}" -subj /C=VN/CN=x -addext subjectAltName=email:a@b.vn
openssl x509 -inform DER -in person -out person.pem
cat person.pem person.pem >bundle.pem
touch done
