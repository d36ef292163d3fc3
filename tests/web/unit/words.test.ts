// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TYPES } from '../../../src/web/lib/types_of_documents';
import { fill, language, reason, reportWord, t, word } from '../../../src/web/lib/i18n';
import type { Outgoing } from '../../../src/web/api/types';
import { signedText } from '../../../src/web/lib/outcome';
import en from '../../../src/web/messages/en.json';
import vi from '../../../src/web/messages/vi.json';

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((place) => place[1]).sort();

test('both catalogues have the same keys', () => {
  assert.deepEqual(Object.keys(en), Object.keys(vi));
});

test('both languages have the same places in every text', () => {
  for (const [key, text] of Object.entries(vi)) {
    assert.deepEqual(places(en[key as keyof typeof en]), places(text), key);
  }
});

test('Vietnamese texts are in NFC and no text is empty', () => {
  for (const [key, text] of Object.entries(vi)) {
    assert.equal(text, text.normalize('NFC'), key);
    assert.ok(text.trim(), key);
  }
});

test('every type of document has its name', () => {
  for (const type of TYPES) assert.notEqual(word('type', type), type);
});

test('a place without a value stays, so that it is seen', () => {
  assert.equal(fill('còn {left} lần, {other}', { left: 2 }), 'còn 2 lần, {other}');
});

test('what stands in brackets is said only when its parameters are known', () => {
  assert.equal(fill('Sai mã PIN[; còn {left} lần thử].', { left: 3 }), 'Sai mã PIN; còn 3 lần thử.');
  assert.equal(fill('Sai mã PIN[; còn {left} lần thử].', {}), 'Sai mã PIN.');
});

test('values are put in once and not read again', () => {
  assert.equal(fill('{a}', { a: '{b}', b: 'x' }), '{b}');
});

test('a word that is new to the page is shown as the service names it', () => {
  assert.equal(word('state', 'recalled'), 'recalled');
});

test('refusals are told with the sentences of the service', () => {
  language.value = 'vi';
  assert.equal(reason('sign_in_failed'), 'Tên đăng nhập hoặc mật khẩu không đúng.');
  language.value = 'en';
  assert.equal(t('act.cancel'), 'Cancel');
  assert.ok(reason('sign_in_failed')?.includes('not right'));
  assert.equal(reason('never_heard_of'), undefined);
  language.value = 'vi';
});

test('what the service names by keys is told in words', () => {
  language.value = 'vi';
  const text = reason('role_missing', { role: 'certificate-officer' });
  assert.equal(text, 'Bạn cần vai trò cán bộ chứng thư để làm việc này.');
  assert.equal(reason('role_missing', { role: 'new-role' }), 'Bạn cần vai trò new-role để làm việc này.');
});

test('a time-stamp is told of only when the signature has it', () => {
  const signed = { changed: '2026-11-22T09:00:00+07:00', awaitingTimestamp: false } as Outgoing;
  assert.ok(signedText(signed).endsWith(', có dấu thời gian.'));
  assert.ok(!signedText({ ...signed, awaitingTimestamp: true }).includes('có dấu thời gian'));
  assert.ok(signedText({ ...signed, awaitingTimestamp: true }).startsWith('Đã ký lúc'));
});

test('reports are told with the words of the service', () => {
  assert.equal(reportWord('indication.TOTAL-PASSED'), 'Hợp lệ');
  assert.equal(reportWord('check.new-one'), 'check.new-one');
});
