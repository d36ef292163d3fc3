// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonName, date, fileName, folded, isoDay, shortHash, size, time } from '../../../src/web/lib/format';

test('times are shown in Vietnam whatever the zone of the text is', () => {
  assert.equal(time('2026-12-31T17:00:00Z'), '01/01/2027 00:00:00');
  assert.equal(time('2027-01-01T00:00:00+07:00'), '01/01/2027 00:00:00');
  assert.equal(time('2026-11-22T10:43:30.123456Z'), '22/11/2026 17:43:30');
});

test('days stay the day that they name', () => {
  assert.equal(date('2026-01-31'), '31/01/2026');
  assert.equal(date('2026-01-31T23:00:00Z'), '01/02/2026');
});

test('what is no time is shown as it is, and nothing as nothing', () => {
  assert.equal(time('hôm qua'), 'hôm qua');
  assert.equal(date(null), '');
  assert.equal(time(undefined), '');
});

test('today is the day in Vietnam', () => {
  const evening = Date.parse('2026-11-22T18:00:00Z');
  assert.equal(isoDay(evening), '2026-11-23');
  assert.equal(isoDay(evening, 8), '2026-12-01');
});

test('sizes have the decimal mark of the language', () => {
  assert.equal(size(1023, 'vi'), '1023 B');
  assert.equal(size(1536, 'vi'), '1,5 KB');
  assert.equal(size(1536, 'en'), '1.5 KB');
  assert.equal(size(5 * 1024 * 1024, 'en'), '5.0 MB');
});

test('a digest is shortened to four groups of four', () => {
  assert.equal(shortHash('0123456789abcdef0123'), '0123 4567 89ab cdef');
  assert.equal(shortHash(''), '');
});

test('the common name is found wherever it stands, with escapes undone', () => {
  assert.equal(commonName('C=VN,O=UBND,CN=Trần Minh Quang'), 'Trần Minh Quang');
  assert.equal(commonName('CN=A\\, B,C=VN'), 'A, B');
  assert.equal(commonName('O=CN công ty'), 'O=CN công ty');
});

test('a document code becomes a file name without path signs', () => {
  assert.equal(fileName('05/CT-UBND', 'id'), '05-CT-UBND.pdf');
  assert.equal(fileName('..\\..//x', 'id'), '..-..-x.pdf');
  assert.equal(fileName(null, '0198'), '0198.pdf');
});

test('a search needs no marks, in either normal form', () => {
  assert.equal(folded('Sở Nội vụ, phường Đông Hưng'), 'so noi vu, phuong dong hung');
  assert.equal(folded('Sở'.normalize('NFD')), 'so');
});
