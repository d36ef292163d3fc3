// SPDX-License-Identifier: Apache-2.0
import { computed, signal } from '@preact/signals';
import type { Caller } from './types';
import { get, post, remove, setHooks } from './http';

const CSRF = 'congvan.csrf';
const HANDOVER_MS = 250;

export const caller = signal<Caller | null>(null);
/** True while the pages stay up behind the sign-in dialog, so that nothing typed is lost. */
export const expired = signal(false);
/** True until it is known whether a session stands. */
export const starting = signal(true);

let csrf: string | null = globalThis.sessionStorage?.getItem(CSRF) ?? null;

function keep(token: string | null): void {
  csrf = token;
  if (token) sessionStorage.setItem(CSRF, token);
  else sessionStorage.removeItem(CSRF);
}

// The cookie is shared by all tabs, the token lives in one: another tab of this origin hands it over.
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('congvan') : null;

function askOtherTabs(): Promise<string | null> {
  return new Promise((done) => {
    if (!tabs) return done(null);
    const heard = (event: MessageEvent) => {
      if (event.data?.csrf) finish(event.data.csrf as string);
    };
    const finish = (token: string | null) => {
      tabs.removeEventListener('message', heard);
      clearTimeout(timer);
      done(token);
    };
    const timer = setTimeout(() => finish(null), HANDOVER_MS);
    tabs.addEventListener('message', heard);
    tabs.postMessage('csrf?');
  });
}

function signedOutHere(): void {
  keep(null);
  caller.value = null;
  expired.value = false;
}

tabs?.addEventListener('message', (event: MessageEvent) => {
  if (event.data === 'csrf?' && csrf && caller.value) tabs.postMessage({ csrf });
  if (event.data === 'signed-out') signedOutHere();
  if (event.data === 'changed' && caller.value) void look().catch(() => {});
});

setHooks({
  csrf: () => csrf,
  sessionOver: () => {
    if (caller.value) expired.value = true;
  },
});

async function look(): Promise<void> {
  caller.value = (await get<Caller>('/api/v1/session')).data;
}

/** Takes up a session that stands already. Without a token known here there is none to ask for. */
export async function resume(): Promise<void> {
  try {
    if (!csrf) csrf = await askOtherTabs();
    if (csrf) {
      await look();
      keep(csrf);
    }
  } catch {
    keep(null);
  } finally {
    starting.value = false;
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  const who = (await post<Caller & { csrf: string }>('/api/v1/session', { login, password })).data;
  const before = caller.value;
  keep(who.csrf);
  // What stands on the screen was begun in a post: it goes on in that one.
  const other = before?.person === who.person && before.post !== who.post && who.posts.some((one) => one.id === before.post);
  if (other && !who.passwordDue) await actIn(before.post);
  else caller.value = who;
  expired.value = false;
  // Another person took over at this screen: nothing of the former one may stay.
  if (before && before.person !== who.person) location.assign('/');
}

/** Goes on in another of one's posts. All tabs share the session, so the others are told. */
export async function actIn(wanted: string): Promise<void> {
  caller.value = (await post<Caller>('/api/v1/session/post', { post: wanted })).data;
  tabs?.postMessage('changed');
}

/** All tabs of this browser go on; sessions elsewhere are over. */
export async function changePassword(before: string, after: string): Promise<void> {
  caller.value = (await post<Caller>('/api/v1/session/password', { before, after })).data;
  tabs?.postMessage('changed');
}

export async function signOut(): Promise<void> {
  await remove('/api/v1/session').catch(() => {});
  tabs?.postMessage('signed-out');
  signedOutHere();
}

const roles = computed(() => new Set(caller.value?.grants.map((grant) => grant.role)));

export function hasRole(...wanted: string[]): boolean {
  return wanted.some((role) => (roles.value as Set<string>).has(role));
}
