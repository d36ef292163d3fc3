// SPDX-License-Identifier: Apache-2.0
import { language, type Params } from '../lib/i18n';
import { Retries } from './retries';

/** A refusal of the service (RFC 9457), or status 0 when it did not answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: Params = {},
    readonly detail?: string,
    readonly trace?: string,
  ) {
    super(code);
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}

interface Hooks {
  csrf: () => string | null;
  /** The service no longer knows the session. */
  sessionOver: () => void;
}

let hooks: Hooks = { csrf: () => null, sessionOver: () => {} };
const retries = new Retries(() => crypto.randomUUID());
const RETRY_AFTER_MS = [400, 1500];

export function setHooks(next: Hooks): void {
  hooks = next;
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

function noAnswer(): Problem {
  return new Problem(0, 'network');
}

function problemFrom(status: number, text: string): Problem {
  try {
    const body = JSON.parse(text) as { code?: string; params?: Params; detail?: string; traceId?: string };
    return new Problem(status, body.code ?? 'unknown', body.params, body.detail, body.traceId);
  } catch {
    return new Problem(status, 'unknown');
  }
}

/** Says whether a refusal means that one has to sign in again; a wrong PIN is 401 too, and does not. */
export function endsSession(problem: Problem): boolean {
  return ['session_missing', 'session_expired', 'csrf_missing'].includes(problem.code);
}

function refused(problem: Problem): Problem {
  if (endsSession(problem)) hooks.sessionOver();
  return problem;
}

function headersFor(method: string, more: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = { 'Accept-Language': language.value, ...more };
  if (method !== 'GET') headers['X-CSRF-Token'] = hooks.csrf() ?? '';
  return headers;
}

async function once(method: string, path: string, headers: Record<string, string>, body?: BodyInit) {
  try {
    return await fetch(path, { method, headers, body, credentials: 'same-origin' });
  } catch {
    throw noAnswer();
  }
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text().catch(() => {
    throw noAnswer();
  });
  if (!response.ok) throw refused(problemFrom(response.status, text));
  return {
    data: (text ? JSON.parse(text) : null) as T,
    etag: response.headers.get('ETag'),
  };
}

export async function get<T>(path: string): Promise<Answer<T>> {
  return read<T>(await once('GET', path, headersFor('GET', {})));
}

/** A change. Repeated by itself under the same key when no answer comes. */
export async function post<T>(path: string, body: unknown, etag?: string | null): Promise<Answer<T>> {
  const text = JSON.stringify(body ?? {});
  const act = `${path} ${etag ?? ''}`;
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'Idempotency-Key': retries.keyFor(act, text),
  };
  if (etag) headers['If-Match'] = etag;
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await once('POST', path, headersFor('POST', headers), text);
      retries.answered(act, response.status);
      return await read<T>(response);
    } catch (problem) {
      const pause = RETRY_AFTER_MS[tries];
      if (!(problem instanceof Problem) || problem.status !== 0 || pause === undefined) throw problem;
      await wait(pause);
    }
  }
}

export async function remove(path: string): Promise<void> {
  await read(await once('DELETE', path, headersFor('DELETE', {})));
}

export interface Upload {
  method: 'PUT' | 'POST';
  path: string;
  file: Blob;
  type: string;
  etag?: string | null;
  progress: (share: number) => void;
  signal: AbortSignal;
}

/** Sends a file. fetch() tells nothing of what has left, so this is the older request object. */
export function upload<T>(wanted: Upload): Promise<Answer<T>> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open(wanted.method, wanted.path);
    const headers: Record<string, string> = { 'Content-Type': wanted.type };
    if (wanted.etag) headers['If-Match'] = wanted.etag;
    if (wanted.method === 'POST') headers['Idempotency-Key'] = crypto.randomUUID();
    for (const [name, value] of Object.entries(headersFor(wanted.method, headers))) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => wanted.progress(event.total ? event.loaded / event.total : 0);
    request.onerror = () => fail(noAnswer());
    request.onabort = () => fail(new Problem(0, 'cancelled'));
    request.onload = () => {
      if (request.status < 200 || request.status > 299) {
        fail(refused(problemFrom(request.status, request.responseText)));
        return;
      }
      done({ data: JSON.parse(request.responseText) as T, etag: request.getResponseHeader('ETag') });
    };
    wanted.signal.addEventListener('abort', () => request.abort());
    request.send(wanted.file);
  });
}

/** A file with its share of progress; `total` is the size that the record names. */
export async function download(
  path: string,
  total: number,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(path, { headers: headersFor('GET', {}), signal });
  } catch {
    throw signal.aborted ? new Problem(0, 'cancelled') : noAnswer();
  }
  if (!response.ok || !response.body) throw refused(problemFrom(response.status, await response.text()));
  const reader = response.body.getReader();
  const blocks: BlobPart[] = [];
  let taken = 0;
  for (;;) {
    const block = await reader.read().catch(() => {
      throw signal.aborted ? new Problem(0, 'cancelled') : noAnswer();
    });
    if (block.done) break;
    blocks.push(block.value as BlobPart);
    taken += block.value.length;
    progress(total ? taken / total : 0);
  }
  return new Blob(blocks, { type: 'application/pdf' });
}
