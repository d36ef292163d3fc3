// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, ReportSignature } from '../../../src/web/api/types';
import { language, reportWord } from '../../../src/web/lib/i18n';
import { overallKey, overallTone, problemText, questions, sentenceKey, toneOf } from '../../../src/web/lib/verdict';

function signature(more: Partial<ReportSignature>): ReportSignature {
  return {
    id: '1',
    field: null,
    indication: 'TOTAL-PASSED',
    sub_indication: null,
    level: 'B-T',
    intact: true,
    document: 'as-signed',
    covers: 'whole-file',
    changes_after: [],
    signer: { subject: '', serial: '' },
    claimed_time: null,
    best_signature_time: null,
    checks: [],
    ...more,
  };
}
const path = (result: Check['result']): Check[] => [{ name: 'path', result, detail: '' }];
const tones = (one: ReportSignature) => questions(one).map((question) => question.tone);

test('a valid signature answers all three questions well', () => {
  assert.deepEqual(tones(signature({})), ['good', 'good', 'good']);
});

test('a page laid over later is told apart from broken content', () => {
  const modified = signature({
    indication: 'TOTAL-FAILED',
    sub_indication: 'FORMAT_FAILURE',
    document: 'modified',
    checks: path('pass'),
  });
  assert.deepEqual(tones(modified), ['good', 'bad', 'good']);
});

test('a revoked signer is told apart from broken content', () => {
  const revoked = signature({ indication: 'INDETERMINATE', sub_indication: 'REVOKED_NO_POE' });
  assert.deepEqual(tones(revoked), ['good', 'good', 'unsure']);
  assert.equal(questions(revoked)[2]!.answer, 'sub.REVOKED_NO_POE');
});

test('with broken content the signer is good only when the path was seen to pass', () => {
  const broken = (checks: Check[]) =>
    signature({ indication: 'TOTAL-FAILED', sub_indication: 'HASH_FAILURE', intact: false, document: null, checks });
  assert.deepEqual(tones(broken(path('not-run'))), ['bad', 'unsure', 'unsure']);
  assert.deepEqual(tones(broken(path('fail'))), ['bad', 'unsure', 'bad']);
  assert.deepEqual(tones(broken([...path('pass'), { name: 'revocation', result: 'fail', detail: '' }]))[2], 'bad');
});

test('nothing but TOTAL-PASSED is good', () => {
  for (const one of ['TOTAL-FAILED', 'INDETERMINATE', 'NO-SIGNATURE', 'MALFORMED', 'SOMETHING-NEW']) {
    assert.notEqual(toneOf(one), 'good');
  }
});

test('the sentence is that of the sub-indication', () => {
  assert.equal(sentenceKey({ indication: 'INDETERMINATE', sub_indication: 'TRY_LATER' }), 'sub.TRY_LATER');
  assert.equal(sentenceKey({ indication: 'TOTAL-PASSED', sub_indication: null }), 'sub.TOTAL-PASSED');
  assert.equal(sentenceKey({ indication: 'TOTAL-FAILED', sub_indication: null }), 'indication.TOTAL-FAILED');
});

test('a remark is told in words with what was found; one without words stays as it is', () => {
  language.value = 'en';
  assert.equal(problemText('pdf_encrypted: has /Encrypt'), 'The PDF is encrypted [pdf_encrypted: has /Encrypt]');
  language.value = 'vi';
  assert.equal(problemText('empty'), `${reportWord('problem.empty')} [empty]`);
  assert.notEqual(reportWord('problem.empty'), 'problem.empty');
  assert.equal(problemText('new: thing: more'), 'new: thing: more');
});

test('an encrypted file is not called broken', () => {
  const unread = (...problems: string[]) => ({ overall: 'MALFORMED' as const, problems });
  const encrypted = unread('pdf_encrypted: has /Encrypt');
  assert.equal(overallKey(encrypted), 'overall.ENCRYPTED');
  assert.notEqual(reportWord(overallKey(encrypted)), overallKey(encrypted));
  assert.equal(overallTone(encrypted), 'unsure');
  for (const broken of [unread(), unread('pdf_malformed'), unread('pdf_malformed', 'pdf_encrypted: has /Encrypt')]) {
    assert.equal(overallKey(broken), 'overall.MALFORMED');
    assert.equal(overallTone(broken), 'bad');
  }
  assert.equal(overallKey({ overall: 'TOTAL-PASSED', problems: ['pdf_encrypted'] }), 'overall.TOTAL-PASSED');
});
