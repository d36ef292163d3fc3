// SPDX-License-Identifier: Apache-2.0
import { Fragment, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { caller, expired, hasRole, signOut, starting } from '../api/session';
import { language, t, type Key } from '../lib/i18n';
import { DocumentPage } from '../pages/document';
import { DraftPage } from '../pages/draft';
import { InboxPage } from '../pages/inbox';
import { IncomingPage } from '../pages/incoming';
import { PasswordDuePage, PasswordPage } from '../pages/password';
import { SealsPage } from '../pages/seals';
import { SignInForm, SignInPage } from '../pages/sign_in';
import { VerifyPage } from '../pages/verify';
import { ActingPost } from '../parts/acting_post';
import { usePageTitle } from '../parts/hooks';
import { LanguageSwitch } from '../parts/language';
import { place } from './router';

interface Entry {
  page: string;
  path: string;
  label: Key;
  icon: string;
}

function entries(): Entry[] {
  const all: (Entry | false)[] = [
    { page: '', path: '/', label: 'nav.work', icon: 'M4 5h16v14H4zM4 10h16M9 14l2 2 4-4' },
    hasRole('drafter') && { page: 'soan', path: '/soan', label: 'nav.draft', icon: 'M5 19h14M6 15 16 5l3 3L9 18H6z' },
    hasRole('clerk') && { page: 'con-dau', path: '/con-dau', label: 'nav.seals', icon: 'M12 3a3 3 0 0 1 2 5l1 5h3v4H6v-4h3l1-5a3 3 0 0 1 2-5zM6 20h12' },
    { page: 'kiem-tra', path: '/kiem-tra', label: 'nav.verify', icon: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4' },
  ];
  return all.filter((entry): entry is Entry => entry !== false);
}

function Navigation() {
  return (
    <nav aria-label={t('nav.label')}>
      <ul>
        {entries().map((entry) => (
          <li key={entry.page}>
            <a href={entry.path} aria-current={place.value.page === entry.page ? 'page' : undefined}>
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={entry.icon} />
              </svg>
              {t(entry.label)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Header() {
  const who = caller.value!;
  return (
    <header>
      <a href="/" class="brand">
        {t('app.name')}
      </a>
      <div class="who">
        <a class="name" href="/mat-khau" aria-label={t('password.link', { name: who.name })}>
          {who.name}
        </a>
        <ActingPost />
      </div>
      <LanguageSwitch />
      <button type="button" class="quiet" onClick={() => void signOut()}>
        {t('session.sign-out')}
      </button>
    </header>
  );
}

function ExpiredDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="expired-title" onCancel={(event) => event.preventDefault()}>
      <h2 id="expired-title">{t('session.expired')}</h2>
      <p>{t('session.expired-hint')}</p>
      <SignInForm />
    </dialog>
  );
}

function MissingPage() {
  const heading = usePageTitle(t('missing.title'));
  return (
    <main id="main">
      <h1 ref={heading} tabIndex={-1}>
        {t('missing.title')}
      </h1>
      <p>
        <a href="/">{t('missing.back')}</a>
      </p>
    </main>
  );
}

function pageFor(page: string, id: string | null): JSX.Element {
  switch (page) {
    case '':
      return <InboxPage />;
    case 'soan':
      return <DraftPage />;
    case 'van-ban':
      return id ? <DocumentPage key={id} id={id} /> : <MissingPage />;
    case 'den':
      return id ? <IncomingPage key={id} id={id} /> : <MissingPage />;
    case 'con-dau':
      return <SealsPage />;
    case 'mat-khau':
      return <PasswordPage />;
    case 'kiem-tra':
      return <VerifyPage />;
    default:
      return <MissingPage />;
  }
}

function Pages() {
  const { page, id } = place.value;
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      <Header />
      <Navigation />
      {pageFor(page, id)}
    </div>
  );
}

export function App() {
  if (starting.value) return <p class="starting">{t('app.starting')}</p>;
  const who = caller.value;
  if (!who) return <SignInPage />;
  return (
    // Another language, person or post: everything shown is drawn anew.
    <Fragment key={`${language.value} ${who.person} ${who.post}`}>
      {who.passwordDue ? <PasswordDuePage /> : <Pages />}
      {expired.value && <ExpiredDialog />}
    </Fragment>
  );
}
