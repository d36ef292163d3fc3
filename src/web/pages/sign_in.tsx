// SPDX-License-Identifier: Apache-2.0
import { signIn } from '../api/session';
import { t } from '../lib/i18n';
import { useAct, usePageTitle } from '../parts/hooks';
import { LanguageSwitch } from '../parts/language';
import { ProblemBox } from '../parts/problem';

export function SignInForm() {
  const act = useAct();
  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const values = new FormData(form);
        void act
          .run(() => signIn(String(values.get('login')).trim(), String(values.get('password'))))
          .then((through) => {
            if (!through) form.querySelector<HTMLInputElement>('#password')?.select();
          });
      }}
    >
      <ProblemBox problem={act.problem} />
      <div class="field">
        <label for="login">{t('session.login')}</label>
        <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck={false} required maxLength={64} />
      </div>
      <div class="field">
        <label for="password">{t('session.password')}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required maxLength={256} />
      </div>
      <button type="submit" class="primary" disabled={act.busy}>
        {act.busy ? t('session.signing-in') : t('session.sign-in')}
      </button>
    </form>
  );
}

export function SignInPage() {
  const heading = usePageTitle(t('session.sign-in'));
  return (
    <main class="door" id="main">
      <p class="brand">{t('app.name')}</p>
      <p class="tagline">{t('app.tagline')}</p>
      <h1 ref={heading} tabIndex={-1}>
        {t('session.sign-in')}
      </h1>
      <SignInForm />
      <p class="foot">
        <LanguageSwitch />
      </p>
    </main>
  );
}
