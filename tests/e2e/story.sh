#!/usr/bin/env bash
# The story of the README on a fresh data folder and once more on the same one: both times every step is read back,
# the second directive gets the next number, and the doctor finds nothing.
set -uo pipefail
#   story.sh CONGVAN [mariadb]
congvan=$1
folder=$(mktemp -d)
database=()
. "$(dirname "$0")/../support/private_mariadb.sh"
trap 'stop_mariadb; rm -rf "$folder"' EXIT
if [ "${2:-}" = mariadb ]; then
  private_mariadb "$folder" || { cat "$folder"/mariadb*.log; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
  database=(--database "$folder/database.yaml" --ca-key p384)
fi
port=$((20000 + RANDOM % 20000))
passed=0 failed=0
check() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $2"; fi; }

"$congvan" demo --data "$folder/data" --once --port $port "${database[@]}" >"$folder/first.txt"
check $? "first story: $(tail -n 3 "$folder/first.txt")"
"$congvan" demo --data "$folder/data" --once >"$folder/second.txt"
check $? "second story: $(tail -n 3 "$folder/second.txt")"
grep -q '01/CT-UBND' "$folder/first.txt"; check $? "the first directive has number 01"
grep -q '02/CT-UBND' "$folder/second.txt"; check $? "the second directive has number 02"
"$congvan" doctor --config "$folder/data/congvan.yaml" >"$folder/doctor.txt"
check $? "doctor: $(grep -v OK "$folder/doctor.txt")"
signed=$(ls "$folder"/data/out/*/chi-thi.pdf | head -n 1)
[ "$(pdfsig -nocert "$signed" | grep -c 'Signature is Valid')" = 4 ]; check $? "pdfsig finds four valid signatures"
qpdf --check "$signed" >/dev/null; check $? "qpdf finds no fault in the directive"
python3 "$(dirname "$0")/arrival_stamp.py" "$congvan" "$(dirname "$signed")"; check $? "a recipient can fill the arrival stamp, and nothing else"
if [ "${2:-}" = mariadb ]; then
  openssl x509 -in "$folder/data/root.pem" -noout -text | grep -q 'ASN1 OID: secp384r1'; check $? "the root's key is what was asked for"
fi
openssl crl -in "$(dirname "$signed")/ca1.crl" -inform DER -noout; check $? "openssl reads the CRL"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
