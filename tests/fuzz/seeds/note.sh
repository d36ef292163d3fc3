#!/usr/bin/env bash
# note.sh FOLDER: a checkpoint, its signed note, a proof, a key and tile paths. The signature is not real.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
root=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
value=$(head -c 68 /dev/zero | base64 -w0)
printf 'log.example\n0\n%s\n' "$root" >checkpoint
printf 'log.example\n1\n%s\n\n\xe2\x80\x94 log.example %s\n' "$root" "$value" >note
{ printf 'c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n%s\n\n' "$root"; cat note; } >proof
printf 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k' >key
printf 'tile/15/x123/x456/789.p/41' >path
printf 'tile/entries/x001/234' >bundle
touch done
