// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Agency, Assignment, Caller, Incoming, Outgoing, Post, Role } from '../../../src/web/api/types';
import { actOnAssignment, actsOn, actsOnIncoming, nearness } from '../../../src/web/lib/acts';
import { fitting, issuers, lineage, routeAgencies, withUnits } from '../../../src/web/lib/tree';

const agency = (id: string, parent: string | null, kind: Agency['kind']): Agency => ({
  id,
  parent,
  kind,
  code: '',
  name: id,
  letters: '',
  validFrom: '2026-01-01',
  validTo: null,
  successor: null,
  version: 1,
});
const TREE = [
  agency('tinh', null, 'province-committee'),
  agency('vp', 'tinh', 'office'),
  agency('so', 'tinh', 'department'),
  agency('phong', 'so', 'unit'),
  agency('to', 'phong', 'unit'),
];

const caller = (post: string, agencyId: string, ...grants: [Role, string][]): Caller => ({
  person: `p-${post}`,
  post,
  agency: agencyId,
  name: '',
  title: '',
  capacity: 'none',
  grants: grants.map(([role, over]) => ({ role, over })),
  passwordDue: false,
  posts: [],
});

const DRAFTER = caller('cv', 'phong', ['drafter', 'phong']);
const HEAD = caller('gd', 'so', ['unit-head', 'so']);
const CLERK = caller('vt', 'vp', ['clerk', 'tinh']);
const OTHER_CLERK = caller('vt.so', 'so', ['clerk', 'so']);

function outgoing(state: Outgoing['state'], size = 100): Outgoing {
  return {
    agency: 'tinh',
    draftedIn: 'phong',
    drafter: 'p-cv',
    state,
    size,
    steps: [
      { kind: 'initial', post: 'gd', field: 'a', doneBy: null, doneAt: null },
      { kind: 'sign', post: 'ct', field: 'b', doneBy: null, doneAt: null },
    ],
  } as unknown as Outgoing;
}

test('only the drafter submits, and only with a file', () => {
  assert.deepEqual(actsOn(outgoing('draft', 0), DRAFTER, TREE), ['attach', 'revise']);
  assert.deepEqual(actsOn(outgoing('draft'), DRAFTER, TREE), ['submit', 'attach', 'revise']);
  assert.deepEqual(actsOn(outgoing('draft'), HEAD, TREE), []);
  assert.deepEqual(actsOn(outgoing('returned'), DRAFTER, TREE), ['revise', 'attach']);
});

test('signing is offered to the post whose turn it is', () => {
  assert.deepEqual(actsOn(outgoing('submitted'), HEAD, TREE), ['sign', 'return']);
  assert.deepEqual(actsOn(outgoing('submitted'), caller('ct', 'tinh', ['leader', 'tinh']), TREE), []);
});

test('the clerk of the issuing agency issues and dispatches, another clerk does not', () => {
  assert.deepEqual(actsOn(outgoing('signed'), CLERK, TREE), ['issue', 'return']);
  assert.deepEqual(actsOn(outgoing('issuing'), CLERK, TREE), ['issue', 'cancel-number']);
  assert.deepEqual(actsOn(outgoing('issued'), CLERK, TREE), ['dispatch']);
  assert.deepEqual(actsOn(outgoing('dispatched'), CLERK, TREE), ['dispatch-again']);
  assert.deepEqual(actsOn(outgoing('dispatched'), DRAFTER, TREE), []);
  assert.deepEqual(actsOn(outgoing('signed'), OTHER_CLERK, TREE), []);
});

test('what failed verification can only be returned, and what is undecided judged again too', () => {
  const arrived = (verification: string) => ({ agency: 'so', state: 'arrived', verification }) as Incoming;
  assert.deepEqual(actsOnIncoming(arrived('TOTAL-PASSED'), OTHER_CLERK, TREE), ['register', 'return']);
  assert.deepEqual(actsOnIncoming(arrived('INDETERMINATE'), OTHER_CLERK, TREE), ['judge-again', 'return']);
  assert.deepEqual(actsOnIncoming(arrived('TOTAL-FAILED'), OTHER_CLERK, TREE), ['return']);
  assert.deepEqual(actsOnIncoming(arrived('TOTAL-PASSED'), DRAFTER, TREE), []);
});

test('a leader assigns what is registered', () => {
  const registered = { agency: 'so', state: 'registered' } as Incoming;
  assert.deepEqual(actsOnIncoming(registered, caller('gd', 'so', ['leader', 'so']), TREE), ['assign']);
  assert.deepEqual(actsOnIncoming(registered, OTHER_CLERK, TREE), []);
});

test('only the lead moves an assignment, one step at a time', () => {
  const one = (state: Assignment['state']) => ({ lead: 'cv', state }) as Assignment;
  assert.equal(actOnAssignment(one('open'), DRAFTER), 'start');
  assert.equal(actOnAssignment(one('in-progress'), DRAFTER), 'finish');
  assert.equal(actOnAssignment(one('done'), DRAFTER), undefined);
  assert.equal(actOnAssignment(one('open'), HEAD), undefined);
});

test('deadlines are near by days', () => {
  assert.equal(nearness('2026-11-21', '2026-11-22'), 'late');
  assert.equal(nearness('2026-11-22', '2026-11-22'), 'today');
  assert.equal(nearness('2026-11-25', '2026-11-22'), 'soon');
  assert.equal(nearness('2026-11-26', '2026-11-22'), 'far');
});

test('the line goes up and survives a ring', () => {
  assert.deepEqual(lineage(TREE, 'to').map((one) => one.id), ['to', 'phong', 'so', 'tinh']);
  const ring = [agency('a', 'b', 'unit'), agency('b', 'a', 'unit')];
  assert.ok(lineage(ring, 'a').length <= 3);
  assert.deepEqual(lineage(TREE, 'nowhere'), []);
});

test('an agency takes its units along, but no agency below', () => {
  assert.deepEqual(withUnits(TREE, 'so').map((one) => one.id), ['so', 'phong', 'to']);
  assert.deepEqual(withUnits(TREE, 'tinh').map((one) => one.id), ['tinh']);
});

test('one drafts for the legal persons on the way up', () => {
  assert.deepEqual(issuers(TREE, 'phong').map((one) => one.id), ['so', 'tinh']);
});

test('a route looks in the drafting line, the issuer and its offices', () => {
  assert.deepEqual(new Set(routeAgencies(TREE, 'phong', 'tinh')), new Set(['phong', 'so', 'tinh', 'vp']));
});

test('only held posts with the role over the agency fit a step', () => {
  const post = (id: string, holder: string | null, over: string, ended: string | null = null): Post => ({
    id,
    holder,
    agency: 'so',
    title: id,
    capacity: 'none',
    signsFor: '',
    grants: [{ role: 'unit-head', over }],
    validFrom: '2026-01-01',
    validTo: null,
    ended,
    version: 1,
  });
  const posts = [post('held', 'p', 'so'), post('ended', 'p', 'so', '2026-11-22T08:00:00+07:00'), post('empty', null, 'so'), post('elsewhere', 'p', 'vp')];
  assert.deepEqual(fitting(posts, 'unit-head', lineage(TREE, 'phong')).map((one) => one.id), ['held']);
  assert.deepEqual(fitting(posts, 'leader', lineage(TREE, 'phong')), []);
});
