// SPDX-License-Identifier: Apache-2.0
import type { Agency, Grant, Post, Role } from '../api/types';
import { isoDay } from './format';

/** The agency and everything above it, nearest first. */
export function lineage(agencies: Agency[], id: string): Agency[] {
  const line: Agency[] = [];
  for (let at: string | null = id; at && line.length <= agencies.length; ) {
    const here: Agency | undefined = agencies.find((one) => one.id === at);
    if (!here) break;
    line.push(here);
    at = here.parent;
  }
  return line;
}

/** The agency and the units under it that are no legal persons of their own. */
export function withUnits(agencies: Agency[], id: string): Agency[] {
  const found = agencies.filter((one) => one.id === id);
  for (let i = 0; i < found.length; i += 1) {
    found.push(...agencies.filter((one) => one.kind === 'unit' && one.parent === found[i]?.id));
  }
  return found;
}

/** Whether a role is held over the agency, directly or from above. */
export function holds(grants: Grant[], role: Role, over: Agency[]): boolean {
  return grants.some((grant) => grant.role === role && over.some((one) => one.id === grant.over));
}

/** Where the posts of a route are looked for: the drafting line, the issuer, its offices. */
export function routeAgencies(agencies: Agency[], draftedIn: string, issuer: string): string[] {
  const offices = agencies.filter((one) => one.kind === 'office' && one.parent === issuer);
  return [...lineage(agencies, draftedIn).map((one) => one.id), issuer, ...offices.map((one) => one.id)];
}

/** Whether somebody acts in the post today. What an earlier version ended has only its last day, the one before. */
export function isHeld(post: Post, today = isoDay(Date.now())): boolean {
  return !!post.holder && !post.ended && (!post.validTo || post.validTo >= today);
}

/** Held posts that may take a step: the same rule as the service's, which decides. */
export function fitting(posts: Post[], role: Role, over: Agency[]): Post[] {
  return posts.filter((post) => isHeld(post) && holds(post.grants, role, over));
}

/** The agencies that a person of `agency` may draft for: legal persons on the way up. */
export function issuers(agencies: Agency[], agency: string): Agency[] {
  return lineage(agencies, agency).filter((one) => one.kind !== 'unit');
}
