// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post, type Problem } from '../api/http';
import { caller, hasRole } from '../api/session';
import type { Assignment, Incoming, Order, OutgoingRow, Page } from '../api/types';
import { date, time } from '../lib/format';
import { t, word, type Key } from '../lib/i18n';
import { Dialog, NewPinFields, newPin } from '../parts/dialog';
import { asProblem, useAct, useLoaded, usePageTitle } from '../parts/hooks';
import { AgencyName } from '../parts/names';
import { ProblemBox } from '../parts/problem';
import { DeadlineTag, DeliveryTag, StateTag, Tag, UrgencyTag, VerdictTag } from '../parts/tag';

type Item = OutgoingRow | Incoming | Assignment | Order;

interface Box {
  name: string;
  label: Key;
  empty: Key;
  path: string;
  /** Waits for this person, so it is counted and opened first. */
  work: boolean;
  head: Key[];
  row: (item: never, box: BoxControl) => ComponentChildren;
}

interface BoxControl {
  reload: () => void;
}

interface Content {
  items: Item[];
  next: string | null;
}

const LIMIT = 25;

function Cell({ label, children }: { label: Key; children: ComponentChildren }) {
  return <td data-label={t(label)}>{children}</td>;
}

function SubjectCell({ href, subject, children }: { href: string; subject: string; children?: ComponentChildren }) {
  return (
    <td class="subject">
      <a href={href}>{subject}</a>
      <span class="tags">{children}</span>
    </td>
  );
}

function outgoingRow(item: OutgoingRow) {
  return (
    <>
      <SubjectCell href={`/van-ban/${item.id}`} subject={item.subject}>
        <UrgencyTag urgency={item.urgency} />
      </SubjectCell>
      <Cell label="column.code">{item.code ?? `…/${item.notation}`}</Cell>
      <Cell label="column.state">
        <StateTag state={item.state} />
      </Cell>
      <Cell label="column.changed">{time(item.changed)}</Cell>
    </>
  );
}

function incomingRow(item: Incoming) {
  return (
    <>
      <SubjectCell href={`/den/${item.id}`} subject={item.subject}>
        <UrgencyTag urgency={item.urgency} />
        <VerdictTag overall={item.verification} />
      </SubjectCell>
      <Cell label="column.code">
        {item.code}
        <span class="small">{date(item.issueDate)}</span>
      </Cell>
      <Cell label="column.from">{item.senderName}</Cell>
      <Cell label="column.state">
        <DeliveryTag state={item.state} />
        {item.arrivalNumber !== null && <span class="small">{t('incoming.number', { number: item.arrivalNumber })}</span>}
      </Cell>
      <Cell label="column.arrived">{time(item.arrived)}</Cell>
    </>
  );
}

function assignmentRow(item: Assignment) {
  return (
    <>
      <SubjectCell href={`/den/${item.incoming}`} subject={item.subject}>
        {item.deadline && <DeadlineTag deadline={item.deadline} done={item.state === 'done'} />}
      </SubjectCell>
      <Cell label="column.code">{item.code}</Cell>
      <Cell label="column.opinion">{item.opinion}</Cell>
      <Cell label="column.state">
        <Tag tone={item.state === 'done' ? 'good' : 'info'}>{word('assignment', item.state)}</Tag>
      </Cell>
    </>
  );
}

function OrderRow({ item, reload }: { item: Order; reload: () => void }) {
  const [open, setOpen] = useState(false);
  const act = useAct();
  const [mismatch, setMismatch] = useState(false);
  const activate = (values: FormData) => {
    const pin = newPin(values);
    setMismatch(!pin);
    if (!pin) return;
    void act
      .run(async () => {
        await post(`/api/v1/certificate-orders/${item.id}/activate`, { pin });
      })
      .then((through) => {
        if (!through) return;
        setOpen(false);
        reload();
      });
  };
  return (
    <>
      <td class="subject">
        {word('certificate', item.kind)}
        <span class="small">{item.agency ? <AgencyName id={item.agency} /> : caller.value?.name}</span>
      </td>
      <Cell label="column.created">{time(item.created)}</Cell>
      <td>
        <button type="button" class="primary" onClick={() => setOpen(true)}>
          {t('order.activate')}
        </button>
        {open && (
          <Dialog
            title={t('order.title')}
            submit={t('order.activate')}
            waiting={t('order.activating')}
            act={act}
            onSubmit={activate}
            onClose={() => setOpen(false)}
          >
            <p>{t('order.hint')}</p>
            <NewPinFields mismatch={mismatch} />
          </Dialog>
        )}
      </td>
    </>
  );
}

const OUTGOING_HEAD: Key[] = ['column.subject', 'column.code', 'column.state', 'column.changed'];
const INCOMING_HEAD: Key[] = ['column.subject', 'column.code', 'column.from', 'column.state', 'column.arrived'];

function boxes(): Box[] {
  const leads = hasRole('unit-head', 'form-checker', 'leader');
  const clerk = hasRole('clerk');
  const keepsRegister = hasRole('clerk', 'leader');
  const outgoing = (name: string, label: Key, empty: Key, work: boolean): Box => ({
    name,
    label,
    empty,
    work,
    path: `/api/v1/documents?box=${name}`,
    head: OUTGOING_HEAD,
    row: outgoingRow,
  });
  const incoming = (name: string, label: Key, empty: Key, query: string, work: boolean): Box => ({
    name,
    label,
    empty,
    work,
    path: `/api/v1/incoming?${query}`,
    head: INCOMING_HEAD,
    row: incomingRow,
  });
  const all: (Box | false)[] = [
    {
      name: 'orders',
      label: 'box.orders',
      empty: 'box.orders.empty',
      path: '/api/v1/certificate-orders?',
      work: true,
      head: ['column.certificate', 'column.created', 'column.act'],
      row: (item: Order, box: BoxControl) => <OrderRow item={item} reload={box.reload} />,
    } as Box,
    leads && outgoing('to-sign', 'box.to-sign', 'box.to-sign.empty', true),
    clerk && outgoing('to-issue', 'box.to-issue', 'box.to-issue.empty', true),
    clerk && incoming('arrived', 'box.arrived', 'box.arrived.empty', 'state=arrived', true),
    hasRole('leader') && incoming('registered', 'box.registered', 'box.registered.empty', 'state=registered', true),
    {
      name: 'assignments',
      label: 'box.assignments',
      empty: 'box.assignments.empty',
      path: '/api/v1/assignments?',
      work: true,
      head: ['column.subject', 'column.code', 'column.opinion', 'column.state'],
      row: assignmentRow,
    } as Box,
    hasRole('drafter') && outgoing('mine', 'box.mine', 'box.mine.empty', false),
    keepsRegister && outgoing('agency', 'box.agency', 'box.agency.empty', false),
    keepsRegister && incoming('incoming', 'box.incoming', 'box.incoming.empty', '', false),
  ];
  return all.filter((box): box is Box => box !== false);
}

/** Arrow keys, Home and End go along the rows; Enter opens, as on every link. */
function walkRows(event: KeyboardEvent): void {
  const targets = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('tbody td.subject a')];
  const at = targets.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: targets.length - 1 }[event.key];
  const target = to === undefined ? undefined : targets[to];
  if (!target) return;
  event.preventDefault();
  target.focus();
}

async function page(box: Box, after: string | null): Promise<Content> {
  const joint = box.path.endsWith('?') ? '' : '&';
  const next = after ? `&after=${after}` : '';
  return (await get<Page<Item>>(`${box.path}${joint}limit=${LIMIT}${next}`)).data;
}

function BoxTable({ box, content, reload }: { box: Box; content: Content; reload: () => void }) {
  const [more, setMore] = useState<Content>({ items: [], next: content.next });
  const act = useAct();
  const items = [...content.items, ...more.items];
  const body = useRef<HTMLTableSectionElement>(null);
  const loadMore = () =>
    act.run(async () => {
      const first = items.length;
      const fresh = await page(box, more.next);
      setMore((old) => ({ items: [...old.items, ...fresh.items], next: fresh.next }));
      requestAnimationFrame(() => {
        body.current?.rows[first]?.querySelector<HTMLElement>('a, button')?.focus();
      });
    });
  if (items.length === 0) return <p class="empty">{t(box.empty)}</p>;
  return (
    <>
      <div class="table" onKeyDown={walkRows}>
        <table>
          <caption class="unseen">{t(box.label)}</caption>
          <thead>
            <tr>
              {box.head.map((key) => (
                <th key={key} scope="col">
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {items.map((item) => (
              <tr key={item.id}>{box.row(item as never, { reload })}</tr>
            ))}
          </tbody>
        </table>
      </div>
      <ProblemBox problem={act.problem} />
      {more.next && (
        <button type="button" disabled={act.busy} onClick={() => void loadMore()}>
          {act.busy ? t('act.loading') : t('box.more')}
        </button>
      )}
    </>
  );
}

interface AllBoxes {
  content: Record<string, Content>;
  problems: Record<string, Problem>;
}

async function loadAll(list: Box[]): Promise<AllBoxes> {
  const all: AllBoxes = { content: {}, problems: {} };
  await Promise.all(
    list.map(async (box) => {
      try {
        all.content[box.name] = await page(box, null);
      } catch (thrown) {
        all.problems[box.name] = asProblem(thrown);
      }
    }),
  );
  return all;
}

function waiting(box: Box, content: Content | undefined): number {
  if (!content) return 0;
  if (box.name !== 'assignments') return content.items.length;
  return content.items.filter((item) => (item as Assignment).state !== 'done').length;
}

// Where the person was, for the way back from a document.
let chosen: string | null = null;

export function InboxPage() {
  const heading = usePageTitle(t('nav.work'));
  const list = boxes();
  const all = useLoaded(caller.value?.post ?? '', () => loadAll(list));
  const [box, setBox] = useState<string | null>(chosen);
  const content = all.data?.content ?? {};
  const firstBusy = list.find((one) => one.work && waiting(one, content[one.name]) > 0);
  const current = list.find((one) => one.name === box) ?? firstBusy ?? list.find((one) => one.name !== 'orders');
  const shown = list.filter((one) => one.name !== 'orders' || waiting(one, content[one.name]) > 0 || one === current);
  useEffect(() => {
    chosen = box;
  }, [box]);

  const choose = (name: string) => {
    setBox(name);
    void all.reload();
  };
  const problem = current ? (all.data?.problems[current.name] ?? all.problem) : undefined;
  return (
    <main id="main">
      <div class="title-row">
        <h1 ref={heading} tabIndex={-1}>
          {t('nav.work')}
        </h1>
        {hasRole('drafter') && (
          <a class="button primary" href="/soan">
            {t('nav.draft')}
          </a>
        )}
      </div>
      {!all.data && !all.problem && <p role="status">{t('act.loading')}</p>}
      {all.data && (
        <ul class="boxes" aria-label={t('box.label')}>
          {shown.map((one) => {
            const count = waiting(one, content[one.name]);
            return (
              <li key={one.name}>
                <button
                  type="button"
                  class={one.work && count > 0 ? 'waiting' : ''}
                  aria-pressed={one === current}
                  onClick={() => choose(one.name)}
                >
                  <span class="count">
                    {count}
                    {content[one.name]?.next ? '+' : ''}
                  </span>
                  <span>{t(one.label)}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {current && (
        <section aria-labelledby="box-title">
          <h2 id="box-title">{t(current.label)}</h2>
          <ProblemBox problem={problem} retry={() => void all.reload()} />
          {content[current.name] && (
            <BoxTable
              key={current.name + content[current.name]!.items.map((item) => item.id).join()}
              box={current}
              content={content[current.name]!}
              reload={() => void all.reload()}
            />
          )}
        </section>
      )}
    </main>
  );
}
