// SPDX-License-Identifier: Apache-2.0
// Shapes of /api/v1 that the pages read. Times are text with an offset, days are yyyy-mm-dd.

export type Role =
  | 'drafter'
  | 'unit-head'
  | 'form-checker'
  | 'leader'
  | 'clerk'
  | 'certificate-officer'
  | 'auditor'
  | 'administrator';

export interface Grant {
  role: Role;
  over: string;
}

export interface Caller {
  person: string;
  post: string;
  agency: string;
  name: string;
  title: string;
  capacity: string;
  grants: Grant[];
}

export interface Agency {
  id: string;
  parent: string | null;
  code: string;
  name: string;
  letters: string;
  kind: 'province-committee' | 'office' | 'department' | 'commune' | 'unit';
}

export interface Post {
  id: string;
  agency: string;
  title: string;
  capacity: string;
  holder: string | null;
  grants: Grant[];
}

export interface Person {
  id: string;
  name: string;
}

export type StepKind = 'initial' | 'form-check' | 'sign';

export interface Step {
  kind: StepKind;
  post: string;
  field: string;
  doneBy: string | null;
  doneAt: string | null;
}

export type DocumentState =
  | 'draft'
  | 'submitted'
  | 'returned'
  | 'initialled'
  | 'signed'
  | 'issuing'
  | 'issued'
  | 'dispatched'
  | 'cancelled';

/** A document in a list. */
export interface OutgoingRow {
  id: string;
  agency: string;
  draftedIn: string;
  drafter: string;
  type: string;
  subject: string;
  urgency: string;
  state: DocumentState;
  returnReason: string;
  code: string | null;
  notation: string;
  issueDate: string | null;
  sha256: string | null;
  size: number;
  created: string;
  changed: string;
  version: number;
  stepCount: number;
  stepsDone: number;
  recipientCount: number;
}

export interface Outgoing extends OutgoingRow {
  steps: Step[];
  recipients: string[];
}

export type DeliveryState = 'arrived' | 'returned' | 'registered' | 'assigned' | 'in-progress' | 'done';

export interface Delivery {
  id: string;
  recipient: string;
  state: DeliveryState;
  statusCode: string;
  note: string;
  sent: string;
  changed: string;
}

export interface Incoming {
  id: string;
  agency: string;
  sender: string;
  senderName: string;
  type: string;
  code: string;
  issueDate: string;
  subject: string;
  urgency: string;
  sha256: string;
  size: number;
  state: DeliveryState;
  verification: string;
  arrivalNumber: number | null;
  arrivalDate: string | null;
  returnReason: string;
  arrived: string;
  changed: string;
  version: number;
}

export interface Assignment {
  id: string;
  incoming: string;
  code: string;
  subject: string;
  by: string;
  lead: string;
  opinion: string;
  deadline: string | null;
  state: 'open' | 'in-progress' | 'done';
  result: string;
  created: string;
  changed: string;
  version: number;
}

export interface Order {
  id: string;
  kind: string;
  person: string | null;
  agency: string | null;
  state: string;
  created: string;
}

export interface TrailEvent {
  id: string;
  kind: string;
  time: string;
  person: string | null;
  leafIndex: number | null;
  proof: string | null;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Check {
  name: string;
  result: 'pass' | 'warn' | 'fail' | 'not-run';
  detail: string;
}

export interface ReportSignature {
  id: string;
  field: string | null;
  indication: string;
  sub_indication: string | null;
  level: string;
  intact: boolean | null;
  document: 'as-signed' | 'extended' | 'modified' | null;
  covers: string;
  changes_after: string[];
  signer: { subject: string; serial: string };
  claimed_time: string | null;
  best_signature_time: string | null;
  checks: Check[];
}

export interface ReportTimestamp {
  id: string;
  time: string;
  indication: string;
  sub_indication: string | null;
  covers: string;
  checks: Check[];
}

export interface Report {
  file: string;
  sha256: string;
  format: string;
  overall: string;
  signatures: ReportSignature[];
  timestamps: ReportTimestamp[];
  problems: string[];
}
