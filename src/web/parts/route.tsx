// SPDX-License-Identifier: Apache-2.0
import type { Outgoing, Post, Step } from '../api/types';
import { agencies, postsIn } from '../api/directory';
import { onRoute } from '../lib/acts';
import { time } from '../lib/format';
import { t, word } from '../lib/i18n';
import { routeAgencies } from '../lib/tree';
import { useLoaded } from './hooks';
import { PersonName } from './names';

interface Stop {
  label: string;
  state: 'done' | 'now' | 'later';
  post: Post | undefined;
  doneBy?: string | null;
  at?: string | null;
}

const AFTER = ['signed', 'issuing', 'issued', 'dispatched'];

/** The whole way of a document: the steps of its route, then the clerk's two acts. */
export function stopsOf(document: Outgoing, posts: Post[]): Stop[] {
  const next = document.steps.find((step) => !step.doneAt);
  const stepState = (step: Step) => (step.doneAt ? 'done' : step === next && onRoute(document) ? 'now' : 'later');
  const reached = AFTER.indexOf(document.state);
  return [
    ...document.steps.map((step): Stop => ({
      label: word('step', step.kind),
      state: stepState(step),
      post: posts.find((post) => post.id === step.post),
      doneBy: step.doneBy,
      at: step.doneAt,
    })),
    {
      label: t('step.issue'),
      state: reached >= 2 ? 'done' : reached >= 0 ? 'now' : 'later',
      post: undefined,
    },
    {
      label: t('step.dispatch'),
      state: reached === 3 ? 'done' : reached === 2 ? 'now' : 'later',
      post: undefined,
    },
  ];
}

export function RouteView({ document }: { document: Outgoing }) {
  const posts = useLoaded(document.id, async () =>
    postsIn(routeAgencies(await agencies(), document.draftedIn, document.agency)),
  );
  const drafting = document.state === 'draft' || document.state === 'returned';
  return (
    <section aria-labelledby="route-title">
      <h2 id="route-title">{t('route.title')}</h2>
      <ol class="route">
        <li class={drafting ? 'now' : 'done'} aria-current={drafting ? 'step' : undefined}>
          <span class="dot" aria-hidden="true" />
          <span class="stop">
            <strong>{t('step.draft')}</strong>
            <span>
              <PersonName id={document.drafter} />
            </span>
            <span class="small">{time(document.created)}</span>
          </span>
        </li>
        {stopsOf(document, posts.data ?? []).map((stop, i) => (
          <li key={i} class={stop.state} aria-current={stop.state === 'now' ? 'step' : undefined}>
            <span class="dot" aria-hidden="true" />
            <span class="stop">
              <strong>
                {stop.label}
                {stop.state !== 'later' && <span class="unseen"> ({word('stop', stop.state)})</span>}
              </strong>
              {stop.post && (
                <span>
                  {stop.post.title}
                  {(stop.doneBy ?? stop.post.holder) && (
                    <>
                      {' · '}
                      <PersonName id={(stop.doneBy ?? stop.post.holder)!} />
                    </>
                  )}
                </span>
              )}
              {stop.at && <span class="small">{time(stop.at)}</span>}
              {stop.state === 'now' && <span class="small now">{t('route.now')}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
