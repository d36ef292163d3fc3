// SPDX-License-Identifier: Apache-2.0
import type { Agency, Page, Person, Post } from './types';
import { get } from './http';

// The directory changes seldom: one load a page visit, shared by every part.
const kept = new Map<string, Promise<unknown>>();

function remember<T>(path: string, load: () => Promise<T>): Promise<T> {
  let known = kept.get(path) as Promise<T> | undefined;
  if (!known) {
    known = load();
    kept.set(path, known);
    known.catch(() => kept.delete(path));
  }
  return known;
}

export function forgetDirectory(): void {
  kept.clear();
}

export function agencies(): Promise<Agency[]> {
  return remember('/agencies', async () => (await get<Page<Agency>>('/api/v1/agencies')).data.items);
}

export function postsOf(agency: string): Promise<Post[]> {
  const path = `/api/v1/agencies/${agency}/posts`;
  return remember(path, async () => (await get<Page<Post>>(path)).data.items);
}

/** The person's name, or null when it may not be read. */
export function personName(id: string): Promise<string | null> {
  const path = `/api/v1/people/${id}`;
  return remember(path, async () => (await get<Person>(path)).data.name).catch(() => null);
}

export async function agencyName(id: string): Promise<string> {
  return (await agencies()).find((one) => one.id === id)?.name ?? id;
}

/** All posts of the named agencies. */
export async function postsIn(ids: Iterable<string>): Promise<Post[]> {
  return (await Promise.all([...new Set(ids)].map(postsOf))).flat();
}
