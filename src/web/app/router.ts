// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';

export interface Place {
  page: string;
  id: string | null;
}

/** `/van-ban/0198…` → page and id. */
export function placeOf(path: string): Place {
  const [page = '', id] = path.replace(/^\/+|\/+$/g, '').split('/');
  return { page, id: id ? decodeURIComponent(id) : null };
}

export const place = signal<Place>(placeOf(globalThis.location?.pathname ?? '/'));

function show(): void {
  place.value = placeOf(location.pathname);
}

export function go(path: string): void {
  history.pushState(null, '', path);
  show();
  window.scrollTo(0, 0);
}

export function startRouter(): void {
  window.addEventListener('popstate', show);
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest('a');
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/') || link.hash) return;
    event.preventDefault();
    go(url.pathname);
  });
}
