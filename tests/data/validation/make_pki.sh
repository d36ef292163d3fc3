#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the certificates, revocation lists and signature values of the validation tests with openssl.
# usage: make_pki.sh FOLDER
set -eu
mkdir -p "$1/db" && cd "$1"

cat > ca.cnf <<'CNF'
[ca]
default_ca = it
[it]
dir = db
new_certs_dir = db
database = db/index.txt
serial = db/serial
crlnumber = db/crlnumber
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:false
keyUsage = critical,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[lax_tsa]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[mute_tsa]
basicConstraints = CA:false
keyUsage = critical,keyEncipherment
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[busy_tsa]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping,emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tls]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[login]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth,emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tls_ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[sealer]
basicConstraints = CA:false
keyUsage = critical,keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
: > db/index.txt
echo 1000 > db/serial
echo 01 > db/crlnumber

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null; }
request() { openssl req -new -config ca.cnf -key "$1.key" -subj "/CN=$2" -out "$1.csr" -utf8; }
issue() { # name, extensions, from, to
  openssl ca -batch -notext -config ca.cnf -cert root.pem -keyfile root.key -in "$1.csr" -out "$1.pem" \
    -extensions "$2" -startdate "$3" -enddate "$4" 2>/dev/null
}

key root; request root "Test Root"
openssl ca -batch -notext -config ca.cnf -selfsign -keyfile root.key -in root.csr -out root.pem \
  -extensions root -startdate 20150101000000Z -enddate 20450101000000Z 2>/dev/null
key signer; request signer "Nguyễn Văn A"; issue signer signer 20200101000000Z 20220101000000Z
key other;  request other "Nguyễn Văn A";  issue other signer 20200101000000Z 20220101000000Z
key tsa;    request tsa "Test TSA";        issue tsa tsa 20190101000000Z 20300101000000Z
key lax;    request lax "Lax TSA";         issue lax lax_tsa 20190101000000Z 20300101000000Z
key mute;   request mute "Mute TSA";       issue mute mute_tsa 20190101000000Z 20300101000000Z
key busy;   request busy "Busy TSA";       issue busy busy_tsa 20190101000000Z 20300101000000Z
key short;  request short "Short TSA";     issue short tsa 20190101000000Z 20210601000000Z
key tls;    request tls "www.example.vn";  issue tls tls 20190101000000Z 20300101000000Z
key login;  request login "Lê Thị C";      issue login login 20190101000000Z 20300101000000Z
key sealer; request sealer "Wrong Use";    issue sealer sealer 20200101000000Z 20220101000000Z
key servers; request servers "Server CA";   issue servers tls_ca 20150101000000Z 20350101000000Z
key guest;   request guest "Phạm Văn D"
openssl ca -batch -notext -config ca.cnf -cert servers.pem -keyfile servers.key -in guest.csr -out guest.pem \
  -extensions signer -startdate 20200101000000Z -enddate 20220101000000Z 2>/dev/null
openssl genrsa -out rsa.key 2048 2>/dev/null
request rsa "Trần Thị B"; issue rsa signer 20100101000000Z 20300101000000Z
key stranger
openssl req -new -x509 -config ca.cnf -extensions root -key stranger.key -subj "/CN=Stranger" -days 3650 -out stranger.pem

list() { # name, this update, next update
  openssl ca -gencrl -config ca.cnf -cert root.pem -keyfile root.key -out "$1.crl" \
    -crl_lastupdate "$2" -crl_nextupdate "$3" 2>/dev/null
}
list clean-2012 20120301000000Z 20120401000000Z
list clean-2020 20200601000000Z 20200701000000Z
list clean-2021 20210601000000Z 20210701000000Z
list clean-2025 20250601000000Z 20250701000000Z
serial=$(openssl x509 -in signer.pem -noout -serial | cut -d= -f2)
# The database is text: status, expiry, revocation date, serial. openssl itself only revokes as of now.
awk -F'\t' -v OFS='\t' -v s="$serial" '$4 == s {$1 = "R"; $3 = "210301000000Z"} {print}' db/index.txt > db/revoked
mv db/revoked db/index.txt
list revoked-2021 20210601000000Z 20210701000000Z
sed -i 's/210301000000Z\t/210301000000Z,certificateHold\t/' db/index.txt
list held-2021 20210601000000Z 20210701000000Z

printf 'noi dung' > content
for name in signer other tsa lax short mute busy tls login guest sealer stranger rsa; do
  openssl dgst -sha256 -sign "$name.key" -out "$name.sig" content
done
openssl dgst -sha1 -sign rsa.key -out rsa-sha1.sig content
openssl dgst -sha256 -binary -out content.sha256 content
for name in signer other; do
  openssl x509 -in "$name.pem" -outform DER | openssl dgst -sha256 -binary -out "$name.pem.sha256"
done

# What a signer's attributes look like from outside: a content that nobody may pass off as a document.
cat > attributes.cnf <<CNF
asn1 = SET:attributes
[attributes]
first = SEQUENCE:type
second = SEQUENCE:digest
[type]
name = OID:contentType
values = SET:types
[types]
value = OID:pkcs7-data
[digest]
name = OID:messageDigest
values = SET:digests
[digests]
value = FORMAT:HEX,OCTETSTRING:$(openssl dgst -sha256 -r content | cut -d' ' -f1)
CNF
openssl asn1parse -genconf attributes.cnf -noout -out attributes
{ printf '\061\201\113'; tail -c +3 attributes; } > attributes.ber
