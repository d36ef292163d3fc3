// SPDX-License-Identifier: Apache-2.0
// Shapes of /api/v1 that the pages read, by the names they use. The shapes themselves are generated from
// edge/http/openapi.yaml and the schema of reports into build/web-types (tests/web/run); the bundle takes none of it.
import type { components as Contract } from '../../../build/web-types/contract';
import type { components as Reports } from '../../../build/web-types/report';

type Api = Contract['schemas'];
type Judged = Reports['schemas'];

export type Grant = Api['Grant'];
export type Role = Grant['role'];
export type Caller = Api['Caller'];
export type Agency = Api['Agency'];
export type Post = Api['Post'];
export type Person = Api['Person'];
export type Step = Api['Step'];
export type StepKind = Step['kind'];
export type Outgoing = Api['Document'];
/** A document in a list. */
export type OutgoingRow = Api['DocumentRow'];
export type DocumentState = Outgoing['state'];
export type DeliveryState = Api['DeliveryState'];
export type Delivery = Api['Delivery'];
export type Incoming = Api['Incoming'];
export type Verdict = Api['Verdict'];
export type Assignment = Api['Assignment'];
export type Order = Api['Order'];
export type Seal = Api['Seal'];
export type TrailEvent = Api['Event'];

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Check = Judged['check'];
export type ReportSignature = Judged['signature'];
export type ReportTimestamp = Judged['timestamp'];
export type Report = Omit<Judged['Report'], '$defs'>;
