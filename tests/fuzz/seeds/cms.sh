#!/usr/bin/env bash
# cms.sh FOLDER: CMS messages of the kinds in use, in DER and BER.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$scratch/ec.key" -out "$scratch/ec.pem" \
  -subj /C=VN/CN=ec -days 7000 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/rsa.key" -out "$scratch/rsa.pem" -subj /C=VN/CN=rsa -days 7000 2>/dev/null
echo 'nội dung' >"$scratch/text"
ec=(-signer "$scratch/ec.pem" -inkey "$scratch/ec.key")
rsa=(-signer "$scratch/rsa.pem" -inkey "$scratch/rsa.key")
make() {  # NAME OPTIONS...
  local name=$1
  shift
  openssl cms -sign -binary -in "$scratch/text" -outform DER -out "$name" "$@"
}
make detached -cades "${ec[@]}"
make attached -cades -nodetach "${ec[@]}"
make streamed -nodetach -stream "${ec[@]}"
make two -cades "${ec[@]}" "${rsa[@]}"
make bare -noattr -nocerts "${ec[@]}"
make keyid -keyid -nodetach -md sha1 "${rsa[@]}"
make pss -cades -keyopt rsa_padding_mode:pss "${rsa[@]}" 2>/dev/null ||
  make pss -cades "${rsa[@]}" -keyopt rsa_padding_mode:pss
touch done
