#!/usr/bin/env bash
# pdf_sign.sh FOLDER: small PDFs with tables, cross-reference streams, object streams, linearised, with forms.
set -euo pipefail
cd "$1"
[ -e done ] && exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
body() {  # ROOT PAGE OBJECTS
  printf '%%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Resources << >> %s >>\nendobj\n%btrailer\n<< /Size 99 /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n' "$1" "$2" "$3"
}
make() {  # NAME ROOT PAGE OBJECTS
  body "$2" "$3" "$4" >"$scratch/rough"
  for kind in "table --object-streams=disable" "stream --object-streams=generate" "linear --linearize" "qdf --qdf"; do
    # shellcheck disable=SC2086
    qpdf --deterministic-id ${kind#* } "$scratch/rough" "$1.${kind%% *}" 2>/dev/null || [ $? = 3 ]
  done
}
make plain '' '' ''
make turned '' '/Rotate 90 /CropBox [10 10 500 500]' ''
make form '/AcroForm 10 0 R' '/Annots 12 0 R' '10 0 obj\n<< /Fields 11 0 R /DR << /Font 14 0 R >> >>\nendobj\n11 0 obj\n[ 13 0 R ]\nendobj\n12 0 obj\n[ 13 0 R ]\nendobj\n13 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (S) /Rect [0 0 0 0] /P 3 0 R /Lock 15 0 R >>\nendobj\n14 0 obj\n<< >>\nendobj\n15 0 obj\n<< /Type /SigFieldLock /Action /Include /Fields [ (T) ] >>\nendobj\n'
make signed '/AcroForm << /SigFlags 3 /Fields [ 13 0 R ] >> /Perms << /DocMDP 14 0 R >>' '/Annots [ 13 0 R ]' '13 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (S) /Rect [0 0 0 0] /P 3 0 R /V 14 0 R >>\nendobj\n14 0 obj\n<< /Type /Sig /Reference [ << /TransformMethod /DocMDP /TransformParams << /P 2 >> >> << /TransformMethod /FieldMDP /TransformParams << /Action /Exclude /Fields [ (X) ] >> >> ] >>\nendobj\n'
touch done
