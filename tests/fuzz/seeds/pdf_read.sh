#!/usr/bin/env bash
# pdf_read.sh FOLDER: the seeds of pdf_sign, and a signed file with two more revisions.
set -euo pipefail
"$(dirname "$0")/pdf_sign.sh" "$1"
cd "$1"
[ -e grown.table ] && exit 0
grow() {  # FILE NUMBER BODY: one more revision that writes that object
  local prev at row
  prev=$(grep -a -A1 '^startxref' "$1" | tail -1)
  at=$(stat -c %s "$1")
  printf '%s 0 obj\n%b\nendobj\n' "$2" "$3" >>"$1"
  row=$(stat -c %s "$1")
  printf 'xref\n%s 1\n%010d 00000 n \ntrailer\n<< /Size 99 /Root 1 0 R /Prev %s >>\nstartxref\n%s\n%%%%EOF\n' "$2" "$at" "$prev" "$row" >>"$1"
}
cp signed.table grown
grow grown 90 '<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 10 20 30] /Contents <3003020105000000> >>'
grow grown 91 '<< /Type /Annot /Subtype /Widget /FT /Sig /T (S2) /Rect [0 0 0 0] /V 90 0 R >>'
mv grown grown.table
