// SPDX-License-Identifier: Apache-2.0
import { isoDay, date } from '../lib/format';
import { nearness } from '../lib/acts';
import { t, word } from '../lib/i18n';

const STATE_TONE: Record<string, string> = {
  draft: 'plain',
  submitted: 'info',
  initialled: 'info',
  returned: 'bad',
  signed: 'good',
  issuing: 'warn',
  issued: 'good',
  dispatched: 'good',
  cancelled: 'bad',
};

const DELIVERY_TONE: Record<string, string> = {
  arrived: 'plain',
  returned: 'bad',
  registered: 'info',
  assigned: 'info',
  'in-progress': 'info',
  done: 'good',
};

export function Tag({ tone, children }: { tone: string; children: preact.ComponentChildren }) {
  return <span class={`tag ${tone}`}>{children}</span>;
}

export function StateTag({ state }: { state: string }) {
  return <Tag tone={STATE_TONE[state] ?? 'plain'}>{word('state', state)}</Tag>;
}

export function DeliveryTag({ state }: { state: string }) {
  return <Tag tone={DELIVERY_TONE[state] ?? 'plain'}>{word('delivery', state)}</Tag>;
}

/** Nothing for ordinary documents: a mark on every row is a mark on none. */
export function UrgencyTag({ urgency }: { urgency: string }) {
  if (urgency === 'normal') return null;
  return <Tag tone={urgency === 'urgent' ? 'urgent' : 'urgent-most'}>{word('urgency', urgency)}</Tag>;
}

export function DeadlineTag({ deadline, done }: { deadline: string; done: boolean }) {
  const near = done ? 'far' : nearness(deadline, isoDay(Date.now()));
  const tone = { late: 'bad', today: 'warn', soon: 'warn', far: 'plain' }[near];
  const text = near === 'far' ? '' : `${word('near', near)} · `;
  return (
    <Tag tone={tone}>
      {text}
      {t('assignment.until', { day: date(deadline) })}
    </Tag>
  );
}

export function VerdictTag({ overall }: { overall: string }) {
  if (!overall) return <Tag tone="plain">{t('verdict.pending')}</Tag>;
  const tone = overall === 'TOTAL-PASSED' ? 'good' : overall === 'INDETERMINATE' ? 'warn' : 'bad';
  const mark = { good: '✓', warn: '?', bad: '✗' }[tone];
  return (
    <Tag tone={tone}>
      <span aria-hidden="true">{mark} </span>
      {word('verdict', overall)}
    </Tag>
  );
}
