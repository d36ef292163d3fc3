// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf } from '../../../src/web/app/router';
import { endsSession, Problem } from '../../../src/web/api/http';
import { Retries } from '../../../src/web/api/retries';

function counted() {
  let made = 0;
  return new Retries(() => `key-${(made += 1)}`);
}

test('a repeated act keeps its key while no answer is final', () => {
  const retries = counted();
  const first = retries.keyFor('/sign v1', '{}');
  retries.answered('/sign v1', 0);
  assert.equal(retries.keyFor('/sign v1', '{}'), first);
  retries.answered('/sign v1', 503);
  assert.equal(retries.keyFor('/sign v1', '{}'), first);
});

test('a final answer closes the act', () => {
  for (const status of [200, 201, 401, 409, 412, 422]) {
    const retries = counted();
    const first = retries.keyFor('/sign v1', '{}');
    retries.answered('/sign v1', status);
    assert.notEqual(retries.keyFor('/sign v1', '{}'), first, String(status));
  }
});

test('another body or version is another act', () => {
  const retries = counted();
  const first = retries.keyFor('/sign v1', '{"pin":"1"}');
  assert.notEqual(retries.keyFor('/sign v1', '{"pin":"2"}'), first);
  assert.notEqual(retries.keyFor('/sign v2', '{"pin":"1"}'), first);
});

test('a wrong PIN is 401 and does not end the session', () => {
  assert.equal(endsSession(new Problem(401, 'pin_wrong')), false);
  assert.equal(endsSession(new Problem(401, 'session_expired')), true);
  assert.equal(endsSession(new Problem(403, 'csrf_missing')), true);
});

test('addresses give page and id', () => {
  assert.deepEqual(placeOf('/'), { page: '', id: null });
  assert.deepEqual(placeOf('/van-ban/0198/'), { page: 'van-ban', id: '0198' });
});
