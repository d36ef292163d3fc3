#!/usr/bin/env bash
# timestamp.sh FOLDER: requests, answers and tokens of RFC 3161.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$scratch/tsa.key" -out "$scratch/tsa.pem" -subj /CN=tsa \
  -days 7000 -addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=critical,timeStamping 2>/dev/null
cat >"$scratch/ts.cnf" <<CONFIG
[tsa]
default_tsa = t
[t]
serial = $scratch/serial
signer_cert = $scratch/tsa.pem
signer_key = $scratch/tsa.key
signer_digest = sha256
default_policy = 1.2.3
digests = sha256, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
CONFIG
echo 01 >"$scratch/serial"
echo x >"$scratch/data"
for options in '-sha256 -cert' '-sha512 -no_nonce' '-sha1 -tspolicy 1.2.3.4'; do
  name=$(echo "$options" | tr -dc a-z0-9)
  # shellcheck disable=SC2086
  openssl ts -query -data "$scratch/data" $options -out "query-$name" 2>/dev/null
  openssl ts -reply -config "$scratch/ts.cnf" -queryfile "query-$name" -out "reply-$name" 2>/dev/null || true
done
openssl ts -reply -config "$scratch/ts.cnf" -queryfile query-sha256cert -token_out -out token 2>/dev/null
touch done
