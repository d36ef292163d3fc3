#!/usr/bin/env bash
# witness.sh FOLDER: requests with and without a proof, and answers. The signatures are not real.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
root=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
line="\xe2\x80\x94 log.example $(head -c 68 /dev/zero | base64 -w0)\n"
printf "old 0\n\nlog.example\n5\n$root\n\n$line" >first
printf "old 3\n$root\n$root\n$root\n\nlog.example\n5\n$root\n\n$line" >grown
printf "old 5\n\nlog.example\n5\n$root\n\n$line" >same
printf "$line$line" >lines
printf '20852163\n' >size
touch done
