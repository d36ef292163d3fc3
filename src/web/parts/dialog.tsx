// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../lib/i18n';
import type { Running } from './hooks';
import { ProblemBox } from './problem';

interface Wanted {
  title: string;
  submit: string;
  waiting: string;
  act: Running;
  onSubmit: (values: FormData) => void;
  onClose: () => void;
  danger?: boolean;
  children: ComponentChildren;
}

/**
 * A question that blocks: native modal, so focus starts in its first field, stays inside, and comes back. Opened
 * before the next key can come, or the first digit of a PIN typed at once would be lost.
 */
export function Dialog({ title, submit, waiting, act, onSubmit, onClose, danger, children }: Wanted) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const box = dialog.current;
    const before = document.activeElement as HTMLElement | null;
    box?.showModal();
    return () => {
      box?.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        if (!act.busy) onClose();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit(new FormData(event.currentTarget));
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {children}
        <ProblemBox problem={act.problem} />
        <div class="buttons">
          <button type="submit" class={danger ? 'danger' : 'primary'} disabled={act.busy}>
            {act.busy ? waiting : submit}
          </button>
          <button type="button" onClick={onClose} disabled={act.busy}>
            {t('act.cancel')}
          </button>
        </div>
        <div role="status" class="unseen">
          {act.busy ? waiting : ''}
        </div>
      </form>
    </dialog>
  );
}

/** `autocomplete` is off: a PIN of a key has no place in a browser's password store. */
export function PinField({ label, hint }: { label: string; hint?: string }) {
  return (
    <div class="field">
      <label for="pin">{label}</label>
      {hint && (
        <p class="hint" id="pin-hint">
          {hint}
        </p>
      )}
      <input
        id="pin"
        name="pin"
        type="password"
        autocomplete="off"
        required
        maxLength={64}
        aria-describedby={hint ? 'pin-hint' : undefined}
      />
    </div>
  );
}

/** A PIN of one's own, typed twice. */
export function NewPinFields({ mismatch }: { mismatch: boolean }) {
  return (
    <>
      <PinField label={t('order.pin')} />
      <div class="field">
        <label for="again">{t('order.again')}</label>
        <input id="again" name="again" type="password" autocomplete="off" required maxLength={64} aria-invalid={mismatch} />
        <div role="alert">{mismatch && <p class="field-error">{t('order.mismatch')}</p>}</div>
      </div>
    </>
  );
}

/** The PIN of those fields, or null when the two differ. */
export function newPin(values: FormData): string | null {
  return values.get('pin') === values.get('again') ? String(values.get('pin')) : null;
}

export function ReasonField({ label }: { label: string }) {
  return (
    <div class="field">
      <label for="reason">{label}</label>
      <textarea id="reason" name="reason" rows={4} required maxLength={2000} />
    </div>
  );
}
