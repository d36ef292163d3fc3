// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check, ReportSignature } from '../../../src/web/api/types';
import { questions, sentenceKey, toneOf } from '../../../src/web/lib/verdict';

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
