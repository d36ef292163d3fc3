// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { changePassword, signOut } from '../api/session';
import { t } from '../lib/i18n';
import { useAct, usePageTitle } from '../parts/hooks';
import { LanguageSwitch } from '../parts/language';
import { ProblemBox } from '../parts/problem';

function PasswordForm() {
  const act = useAct();
  const [mismatch, setMismatch] = useState(false);
  const [done, setDone] = useState(false);
  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const [before, after, again] = ['before', 'after', 'again'].map((name) => String(new FormData(form).get(name)));
        setDone(false);
        setMismatch(after !== again);
        if (after !== again) return form.querySelector<HTMLInputElement>('#again')?.select();
        void act
          .run(() => changePassword(before!, after!))
          .then((through) => {
            setDone(through);
            if (through) form.reset();
            else form.querySelector<HTMLInputElement>('#before')?.select();
          });
      }}
    >
      <ProblemBox problem={act.problem} />
      <div role="status">{done && <p class="note good">{t('password.done')}</p>}</div>
      <div class="field">
        <label for="before">{t('password.before')}</label>
        <input id="before" name="before" type="password" autocomplete="current-password" required maxLength={256} />
      </div>
      <div class="field">
        <label for="after">{t('password.after')}</label>
        <p class="hint" id="after-hint">
          {t('password.rule')}
        </p>
        <input
          id="after"
          name="after"
          type="password"
          autocomplete="new-password"
          required
          maxLength={256}
          aria-describedby="after-hint"
        />
      </div>
      <div class="field">
        <label for="again">{t('password.again')}</label>
        <input id="again" name="again" type="password" autocomplete="new-password" required maxLength={256} aria-invalid={mismatch} />
        <div role="alert">{mismatch && <p class="field-error">{t('order.mismatch')}</p>}</div>
      </div>
      <button type="submit" class="primary" disabled={act.busy}>
        {act.busy ? t('password.changing') : t('password.title')}
      </button>
    </form>
  );
}

export function PasswordPage() {
  const heading = usePageTitle(t('password.title'));
  return (
    <main class="narrow" id="main">
      <h1 ref={heading} tabIndex={-1}>
        {t('password.title')}
      </h1>
      <section class="card small-form">
        <PasswordForm />
      </section>
    </main>
  );
}

/** All that is shown while the password is one that somebody else chose. */
export function PasswordDuePage() {
  const heading = usePageTitle(t('password.title'));
  return (
    <main class="door" id="main">
      <p class="brand">{t('app.name')}</p>
      <h1 ref={heading} tabIndex={-1}>
        {t('password.title')}
      </h1>
      <p>{t('password.due')}</p>
      <PasswordForm />
      <p class="foot">
        <LanguageSwitch />
        <button type="button" class="quiet" onClick={() => void signOut()}>
          {t('session.sign-out')}
        </button>
      </p>
    </main>
  );
}
