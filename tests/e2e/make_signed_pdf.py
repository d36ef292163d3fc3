# SPDX-License-Identifier: Apache-2.0
"""Signed PDFs made without our code: plain Python writes the objects, openssl makes the CMS."""
import subprocess

HOLE = 16384


def _revision(start, objects, root, size, previous):
    """Objects, a classic cross-reference section and a trailer, as they stand at offset `start`."""
    body, offsets = b"", {}
    for number, text in objects:
        offsets[number] = start + len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = start + len(body)
    lines = b"xref\n" + (b"0 1\n0000000000 65535 f \n" if previous is None else b"")
    for number in sorted(offsets):
        lines += b"%d 1\n%010d 00000 n \n" % (number, offsets[number])
    prev = b"" if previous is None else b" /Prev %d" % previous
    lines += b"trailer\n<< /Size %d /Root %d 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, prev, table)
    return body + lines, table


def _page(text):
    stream = b"BT /F1 24 Tf 72 720 Td (%s) Tj ET" % text
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)


def unsigned(text=b"CHI THI"):
    head = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    objects = [
        (1, b"<< /Type /Catalog /Pages 2 0 R >>"),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"),
        (4, _page(text)),
        (5, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
    ]
    revision, table = _revision(len(head), objects, 1, 6, None)
    return head + revision, table


def _text_field(rectangle, more=b""):
    return (b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (DauDen) /DA (/F1 12 Tf 0 g) /Rect %s /P 3 0 R /F 4 %s>>"
            % (rectangle, more))


def signed(folder, signer, subfilter=b"ETSI.CAdES.detached", open_field=None):
    """One incremental revision with an invisible signature field; the CMS is openssl's. `open_field`: the rectangle of
    an empty text field that the signature does not lock."""
    more = b" 8 0 R" if open_field else b""
    base, previous = unsigned()
    objects = [
        (1, b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R%s] /SigFlags 3 >> >>" % more),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> /Annots [6 0 R%s] >>" % more),
        (6, b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (ChuTich) /Rect [0 0 0 0] /F 132 /P 3 0 R /V 7 0 R >>"),
        (7, value(subfilter)),
    ] + ([(8, _text_field(open_field))] if open_field else [])
    revision, table = _revision(len(base), objects, 1, 9 if open_field else 8, previous)
    return with_cms(folder, signer, base + revision), table


def filled(folder, signer, rectangle):
    """A signed file whose open text field somebody filled afterwards, with a look that hides what is below."""
    file, previous = signed(folder, signer, open_field=rectangle)
    look = b"1 g 0 0 9 9 re f"
    objects = [
        (8, _text_field(rectangle, b"/V (So 12) /AP << /N 9 0 R >> ")),
        (9, b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length %d >>\nstream\n%s\nendstream" % (len(look), look)),
    ]
    return file + _revision(len(file), objects, 1, 10, previous)[0]


def value(subfilter=b"ETSI.CAdES.detached"):
    """A signature dictionary with a hole, for `with_cms`."""
    return (b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s /M (D:20210610120000Z)"
            b" /ByteRange [0 ********** ********** **********] /Contents <%s> >>" % (subfilter, b"0" * HOLE))


def with_cms(folder, signer, file):
    """`file`, which has one `value`, with its byte range and openssl's CMS filled in."""
    opening = file.index(b"/Contents <0") + len(b"/Contents ")
    closing = opening + HOLE + 2
    blank = b"0 ********** ********** **********"
    numbers = b"0 %d %d %d" % (opening, closing, len(file) - closing)
    file = file.replace(blank, numbers.ljust(len(blank)))
    (folder / "tbs").write_bytes(file[:opening] + file[closing:])
    subprocess.run(["openssl", "cms", "-sign", "-cades", "-binary", "-in", "tbs", "-signer", f"{signer}.pem", "-inkey",
                    f"{signer}.key", "-outform", "DER", "-out", "cms.der"], cwd=folder, check=True)
    hexed = (folder / "cms.der").read_bytes().hex().encode().ljust(HOLE, b"0")
    return file[:opening + 1] + hexed + file[closing - 1:]


def overlaid(file, previous):
    """A later revision that swaps the page's text: what a reader sees is not what was signed."""
    revision, _ = _revision(len(file), [(4, _page(b"CHI THI GIA"))], 1, 8, previous)
    return file + revision
