// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { Problem } from '../api/http';
import { t } from '../lib/i18n';
import type { Running } from './hooks';

/** Where the outcome of the last act is told, in the same place and spoken. */
export function Outcome({ text, stale }: { text: string; stale: boolean }) {
  return (
    <div role="status" class="live" id="outcome" tabIndex={-1}>
      {stale && <p class="note warn">{t('stale')}</p>}
      {text && (
        <p class="note good">
          <span aria-hidden="true">✓ </span>
          {text}
        </p>
      )}
    </div>
  );
}

export interface Stale {
  stale: boolean;
  text: string;
  /** Runs an act; when the record moved on meanwhile (412), loads it anew and says so. */
  attempt: (act: Running, work: () => Promise<void>, done: () => string) => Promise<boolean>;
}

export function useStale(reload: () => Promise<void>): Stale {
  const [stale, setStale] = useState(false);
  const [text, setText] = useState('');
  const attempt = async (act: Running, work: () => Promise<void>, done: () => string) => {
    let moved = false;
    const through = await act.run(async () => {
      try {
        await work();
      } catch (thrown) {
        if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
        moved = true;
      }
    });
    if (!through) return false;
    await reload();
    setStale(moved);
    setText(moved ? '' : done());
    requestAnimationFrame(() => document.getElementById('outcome')?.focus({ preventScroll: false }));
    return true;
  };
  return { stale, text, attempt };
}
