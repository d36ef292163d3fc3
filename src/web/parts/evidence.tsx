// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { get } from '../api/http';
import type { Page, Report, TrailEvent } from '../api/types';
import { time } from '../lib/format';
import { t, word } from '../lib/i18n';
import { useAct } from './hooks';
import { PersonName } from './names';
import { ProblemBox } from './problem';
import { ReportView } from './report';

/** A verification report, fetched when asked for: judging takes the service a moment. */
export function VerificationView({ path, page }: { path: string; page: boolean }) {
  const [report, setReport] = useState<Report>();
  const act = useAct();
  const load = () =>
    act.run(async () => {
      setReport((await get<Report>(path)).data);
    });
  return (
    <section aria-labelledby="verification-title">
      <h2 id="verification-title">{t('verification.title')}</h2>
      <div class="buttons">
        <button type="button" disabled={act.busy} onClick={() => void load()}>
          {act.busy ? t('verification.running') : t('verification.run')}
        </button>
        {page && (
          <a class="button" href={`${path}?format=page`} target="_blank" rel="noopener">
            {t('verification.page')}
          </a>
        )}
        <a class="button" href={path} download="verification.json">
          {t('verification.json')}
        </a>
      </div>
      <ProblemBox problem={act.problem} />
      <div aria-live="polite">{report && <ReportView report={report} />}</div>
    </section>
  );
}

type Trail = Page<TrailEvent>;

const PAGE = 50;
const WHOLE = 200;

function pageOf(path: string, after: string | null, limit = PAGE): Promise<Trail> {
  return get<Trail>(`${path}?limit=${limit}${after ? `&after=${after}` : ''}`).then((answer) => answer.data);
}

/** All of it, as an auditor takes it away. */
async function save(path: string): Promise<void> {
  const items: TrailEvent[] = [];
  for (let next: string | null = null, more = true; more; more = next !== null) {
    const page: Trail = await pageOf(path, next, WHOLE);
    items.push(...page.items);
    next = page.next;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ items, next: null })], { type: 'application/json' }));
  link.download = 'trail.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

export function TrailView({ path }: { path: string }) {
  const [events, setEvents] = useState<TrailEvent[]>();
  const [next, setNext] = useState<string | null>(null);
  const act = useAct();
  const load = (before: TrailEvent[], after: string | null) =>
    act.run(async () => {
      const page = await pageOf(path, after);
      setEvents([...before, ...page.items]);
      setNext(page.next);
    });
  return (
    <section aria-labelledby="trail-title">
      <h2 id="trail-title">{t('trail.title')}</h2>
      <div class="buttons">
        <button type="button" disabled={act.busy} onClick={() => void load([], null)}>
          {act.busy ? t('act.loading') : t('trail.load')}
        </button>
        <button type="button" disabled={act.busy} onClick={() => void act.run(() => save(path))}>
          {t('trail.json')}
        </button>
      </div>
      <ProblemBox problem={act.problem} />
      {events && (
        <div class="table">
          <table>
            <caption class="unseen">{t('trail.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('trail.time')}</th>
                <th scope="col">{t('trail.event')}</th>
                <th scope="col">{t('trail.person')}</th>
                <th scope="col">{t('trail.leaf')}</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.id}>
                  <td data-label={t('trail.time')}>{time(event.time)}</td>
                  <td data-label={t('trail.event')}>{word('event', event.kind)}</td>
                  <td data-label={t('trail.person')}>{event.person ? <PersonName id={event.person} /> : t('trail.service')}</td>
                  <td data-label={t('trail.leaf')}>
                    {event.leafIndex ?? '–'} ·{' '}
                    {event.tampered ? (
                      <strong class="tag bad">{t('trail.tampered')}</strong>
                    ) : event.proof ? (
                      t('trail.proven')
                    ) : (
                      t('trail.not-yet')
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {events && next && (
        <button type="button" disabled={act.busy} onClick={() => void load(events, next)}>
          {t('box.more')}
        </button>
      )}
    </section>
  );
}
