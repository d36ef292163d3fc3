// SPDX-License-Identifier: Apache-2.0
import type { Agency, Assignment, Caller, Incoming, Outgoing, Step } from '../api/types';
import { holds, lineage } from './tree';

export type Act = 'attach' | 'submit' | 'sign' | 'return' | 'issue' | 'cancel-number' | 'dispatch' | 'dispatch-again' | 'revise';
export type IncomingAct = 'judge-again' | 'register' | 'return' | 'assign';
export type AssignmentAct = 'start' | 'finish';

export function nextStep(document: Outgoing): Step | undefined {
  return document.steps.find((step) => !step.doneAt);
}

export function onRoute(document: Outgoing): boolean {
  return document.state === 'submitted' || document.state === 'initialled';
}

/** What this person can do with the document now. What one may not do is absent; the service decides. */
export function actsOn(document: Outgoing, caller: Caller, agencies: Agency[]): Act[] {
  const mine = document.drafter === caller.person;
  const clerk = holds(caller.grants, 'clerk', lineage(agencies, document.agency));
  switch (document.state) {
    case 'draft':
      if (!mine) return [];
      return document.size > 0 ? ['submit', 'attach', 'revise'] : ['attach', 'revise'];
    case 'returned':
      return mine ? ['revise', 'attach'] : [];
    case 'submitted':
    case 'initialled':
      return nextStep(document)?.post === caller.post ? ['sign', 'return'] : [];
    case 'signed':
      return clerk ? ['issue', 'return'] : [];
    case 'issuing':
      return clerk ? ['issue', 'cancel-number'] : [];
    case 'issued':
      return clerk ? ['dispatch'] : [];
    case 'dispatched':
      return clerk ? ['dispatch-again'] : [];
    default:
      return [];
  }
}

export function actsOnIncoming(incoming: Incoming, caller: Caller, agencies: Agency[]): IncomingAct[] {
  const over = lineage(agencies, incoming.agency);
  if (incoming.state === 'arrived' && holds(caller.grants, 'clerk', over)) {
    // What failed verification can only be returned (NĐ 30/2020 Đ21).
    if (incoming.verification === 'TOTAL-PASSED') return ['register', 'return'];
    return incoming.verification === 'INDETERMINATE' ? ['judge-again', 'return'] : ['return'];
  }
  if (incoming.state === 'registered' && holds(caller.grants, 'leader', over)) return ['assign'];
  return [];
}

export function actOnAssignment(assignment: Assignment, caller: Caller): AssignmentAct | undefined {
  if (assignment.lead !== caller.post) return undefined;
  if (assignment.state === 'open') return 'start';
  return assignment.state === 'in-progress' ? 'finish' : undefined;
}

/** Whether a deadline is past, today or near, in days of Vietnam. */
export function nearness(deadline: string, today: string): 'late' | 'today' | 'soon' | 'far' {
  const days = (Date.parse(deadline) - Date.parse(today)) / 86_400_000;
  if (days < 0) return 'late';
  if (days < 1) return 'today';
  return days <= 3 ? 'soon' : 'far';
}
