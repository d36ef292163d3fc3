// SPDX-License-Identifier: Apache-2.0
import { agencies } from '../api/directory';
import { get } from '../api/http';
import type { Delivery, Page } from '../api/types';
import { time } from '../lib/format';
import { t, word } from '../lib/i18n';
import { useLoaded } from './hooks';
import { ProblemBox } from './problem';
import { DeliveryTag } from './tag';

const ORDER = ['returned', 'arrived', 'registered', 'assigned', 'in-progress', 'done'];

export interface Returned {
  recipient: string;
  name: string;
  reason: string;
}

/** What each recipient did; refusals come first, because they need an answer. A copy that was sent again follows its successor. */
export function DeliveriesView({
  document,
  version,
  onSendAgain,
}: {
  document: string;
  version: number;
  onSendAgain?: (to: Returned) => void;
}) {
  const all = useLoaded(`${document} ${version}`, async () => {
    const [page, known] = await Promise.all([
      get<Page<Delivery>>(`/api/v1/documents/${document}/deliveries`),
      agencies(),
    ]);
    const newest = new Map<string, Delivery>();
    for (const one of page.data.items) {
      if (one.attempt > (newest.get(one.recipient)?.attempt ?? 0)) newest.set(one.recipient, one);
    }
    const rank = (one: Delivery) => ORDER.indexOf(newest.get(one.recipient)!.state);
    const rows = page.data.items.map((delivery) => ({
      delivery,
      last: newest.get(delivery.recipient) === delivery,
      name: known.find((one) => one.id === delivery.recipient)?.name ?? delivery.recipient,
    }));
    return rows.sort(
      (a, b) =>
        rank(a.delivery) - rank(b.delivery) ||
        a.name.localeCompare(b.name, 'vi') ||
        b.delivery.attempt - a.delivery.attempt,
    );
  });
  const counts = ORDER.map((state) => ({
    state,
    count: all.data?.filter((row) => row.last && row.delivery.state === state).length ?? 0,
  })).filter((one) => one.count > 0);
  return (
    <section aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">{t('deliveries.title')}</h2>
      <ProblemBox problem={all.problem} retry={() => void all.reload()} />
      <p>
        {counts.map((one) => (
          <span key={one.state} class="tally">
            <DeliveryTag state={one.state} /> {one.count}
          </span>
        ))}
        <button type="button" class="quiet" onClick={() => void all.reload()}>
          {t('act.refresh')}
        </button>
      </p>
      {all.data && (
        <div class="table">
          <table>
            <caption class="unseen">{t('deliveries.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('deliveries.recipient')}</th>
                <th scope="col">{t('column.state')}</th>
                <th scope="col">{t('column.changed')}</th>
              </tr>
            </thead>
            <tbody>
              {all.data.map(({ delivery, last, name }) => (
                <tr key={delivery.id}>
                  <td class="subject">
                    {name}
                    {delivery.attempt > 1 && <span class="small">{t('deliveries.attempt', { attempt: delivery.attempt })}</span>}
                    {delivery.note && <span class="small">{t('return.because', { reason: delivery.note })}</span>}
                    {onSendAgain && last && delivery.state === 'returned' && (
                      <button
                        type="button"
                        onClick={() => onSendAgain({ recipient: delivery.recipient, name, reason: delivery.note })}
                      >
                        {t('dispatch-again.do')}
                      </button>
                    )}
                  </td>
                  <td data-label={t('column.state')}>
                    <DeliveryTag state={delivery.state} />
                    <span class="small" title={word('delivery', delivery.state)}>
                      {t('deliveries.code', { code: delivery.statusCode })}
                    </span>
                  </td>
                  <td data-label={t('column.changed')}>{time(delivery.changed)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
