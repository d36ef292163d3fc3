// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { go } from '../app/router';
import { agencies, personName, postsIn } from '../api/directory';
import { get, post } from '../api/http';
import { caller } from '../api/session';
import type { Agency, Assignment, Incoming, Page, Post, Verdict } from '../api/types';
import { actOnAssignment, actsOnIncoming, type IncomingAct } from '../lib/acts';
import { date, fileName, isoDay, time } from '../lib/format';
import { t, word } from '../lib/i18n';
import { isHeld, withUnits } from '../lib/tree';
import { Outcome, useStale, type Stale } from '../parts/changed';
import { Dialog, ReasonField } from '../parts/dialog';
import { VerificationView } from '../parts/evidence';
import { useAct, useLoaded, usePageTitle, type Running } from '../parts/hooks';
import { PersonName } from '../parts/names';
import { PdfView } from '../parts/pdf';
import { ProblemBox } from '../parts/problem';
import { DeadlineTag, DeliveryTag, Tag, UrgencyTag, VerdictTag } from '../parts/tag';

const JUDGED_EVERY_MS = 1000;

interface Seen {
  incoming: Incoming;
  etag: string | null;
  verdicts: Verdict[];
  assignments: Assignment[];
  agencies: Agency[];
  posts: Post[];
}

async function load(id: string): Promise<Seen> {
  const [answer, judged, given, all] = await Promise.all([
    get<Incoming>(`/api/v1/incoming/${id}`),
    get<Page<Verdict>>(`/api/v1/incoming/${id}/verdicts`),
    get<Page<Assignment>>(`/api/v1/incoming/${id}/assignments`),
    agencies(),
  ]);
  const inside = withUnits(all, answer.data.agency).map((one) => one.id);
  return {
    incoming: answer.data,
    etag: answer.etag,
    verdicts: judged.data.items,
    assignments: given.data.items,
    agencies: all,
    posts: await postsIn(inside),
  };
}

function Facts({ incoming }: { incoming: Incoming }) {
  return (
    <dl class="facts">
      <dt>{t('fact.code')}</dt>
      <dd>{incoming.code}</dd>
      <dt>{t('fact.issue-date')}</dt>
      <dd>{date(incoming.issueDate)}</dd>
      <dt>{t('column.from')}</dt>
      <dd>{incoming.senderName}</dd>
      <dt>{t('draft.type')}</dt>
      <dd>{word('type', incoming.type)}</dd>
      <dt>{t('column.arrived')}</dt>
      <dd>{time(incoming.arrived)}</dd>
      {incoming.arrivalNumber !== null && (
        <>
          <dt>{t('incoming.arrival-number')}</dt>
          <dd>
            <strong>{incoming.arrivalNumber}</strong> · {date(incoming.arrivalDate)}
          </dd>
        </>
      )}
    </dl>
  );
}

/** All judgements, for whoever wonders why it was undecided first. */
function Verdicts({ all }: { all: Verdict[] }) {
  return (
    <section aria-labelledby="verdicts-title">
      <h2 id="verdicts-title">{t('verdicts.title')}</h2>
      <ol class="verdicts">
        {all.map((one) => (
          <li key={one.ordinal}>
            {time(one.at)} <VerdictTag overall={one.verification} />
            {one.by && (
              <span class="small">
                {t('verdicts.by')} <PersonName id={one.by} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function AssignForm({ seen, act, onAssign }: { seen: Seen; act: Running; onAssign: (values: FormData) => void }) {
  const held = seen.posts.filter((one) => isHeld(one));
  const names = useLoaded(seen.incoming.id, async () =>
    Promise.all(held.map(async (one) => ({ id: one.id, title: one.title, name: await personName(one.holder!) }))),
  );
  const [deadline, setDeadline] = useState(isoDay(Date.now(), 7));
  return (
    <section aria-labelledby="assign-title" class="card">
      <h2 id="assign-title">{t('assign.title')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAssign(new FormData(event.currentTarget));
        }}
      >
        <div class="field">
          <label for="lead">{t('assign.lead')}</label>
          <select id="lead" name="lead" required>
            {names.data?.map((one) => (
              <option key={one.id} value={one.id}>
                {one.title} – {one.name}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="opinion">{t('assign.opinion')}</label>
          <textarea id="opinion" name="opinion" rows={3} required maxLength={2000} />
        </div>
        <div class="field">
          <label for="deadline">{t('assign.deadline')}</label>
          {/* The browser writes the day in its own locale; here it stands as the office writes it. */}
          <p class="hint" id="deadline-hint">
            {deadline ? date(deadline) : t('assign.no-deadline')}
          </p>
          <input
            id="deadline"
            name="deadline"
            type="date"
            min={isoDay(Date.now())}
            value={deadline}
            aria-describedby="deadline-hint"
            onInput={(event) => setDeadline(event.currentTarget.value)}
          />
        </div>
        <ProblemBox problem={act.problem} />
        <button type="submit" class="primary" disabled={act.busy}>
          {act.busy ? t('assign.running') : t('assign.do')}
        </button>
      </form>
    </section>
  );
}

function AssignmentCard({ item, posts, changes }: { item: Assignment; posts: Post[]; changes: Stale }) {
  const act = useAct();
  const [finishing, setFinishing] = useState(false);
  const mine = actOnAssignment(item, caller.value!);
  const lead = posts.find((one) => one.id === item.lead);
  const change = async (verb: string, body: unknown, done: string) => {
    const through = await changes.attempt(
      act,
      async () => {
        await post(`/api/v1/assignments/${item.id}/${verb}`, body, `"v${item.version}"`);
      },
      () => done,
    );
    if (through) setFinishing(false);
  };
  return (
    <li class="card">
      <p class="tags">
        <Tag tone={item.state === 'done' ? 'good' : 'info'}>{word('assignment', item.state)}</Tag>
        {item.deadline && <DeadlineTag deadline={item.deadline} done={item.state === 'done'} />}
      </p>
      <p class="quote">{item.opinion}</p>
      <p class="small">
        {t('assign.by')} <PersonName id={item.by} />, {time(item.created)}. {t('assign.lead')}:{' '}
        {lead ? (
          <>
            {lead.title}
            {lead.holder && (
              <>
                {' – '}
                <PersonName id={lead.holder} />
              </>
            )}
          </>
        ) : (
          item.lead === caller.value?.post && t('assign.you')
        )}
      </p>
      {item.result && (
        <p>
          <strong>{t('assign.result')}:</strong> {item.result}
        </p>
      )}
      {!finishing && <ProblemBox problem={act.problem} />}
      {mine === 'start' && (
        <button type="button" class="primary" disabled={act.busy} onClick={() => void change('start', {}, t('assign.started'))}>
          {t('assign.start')}
        </button>
      )}
      {mine === 'finish' && (
        <button type="button" class="primary" onClick={() => setFinishing(true)}>
          {t('assign.finish')}
        </button>
      )}
      {finishing && (
        <Dialog
          title={t('assign.finish')}
          submit={t('assign.finish')}
          waiting={t('assign.finishing')}
          act={act}
          onSubmit={(values) => void change('finish', { result: values.get('reason') }, t('assign.finished'))}
          onClose={() => setFinishing(false)}
        >
          <ReasonField label={t('assign.result')} />
        </Dialog>
      )}
    </li>
  );
}

function IncomingView({ seen, reload }: { seen: Seen; reload: () => Promise<void> }) {
  const { incoming, etag } = seen;
  const acts = actsOnIncoming(incoming, caller.value!, seen.agencies);
  const can = (act: IncomingAct) => acts.includes(act);
  const heading = usePageTitle(`${incoming.code}: ${incoming.subject}`);
  const [returning, setReturning] = useState(false);
  const act = useAct();
  const changes = useStale(reload);
  const path = `/api/v1/incoming/${incoming.id}`;

  // The service judges what arrives by itself; the page looks until it has.
  useEffect(() => {
    if (incoming.verification) return;
    const timer = setTimeout(() => void reload(), JUDGED_EVERY_MS);
    return () => clearTimeout(timer);
  }, [incoming]);

  const change = async (verb: string, body: unknown, done: string) => {
    const through = await changes.attempt(
      act,
      async () => {
        await post(`${path}/${verb}`, body, etag);
      },
      () => done,
    );
    if (through) setReturning(false);
  };
  return (
    <>
      <p class="crumbs">
        <a href="/">{t('nav.work')}</a>
      </p>
      <div class="document-title">
        <h1 ref={heading} tabIndex={-1}>
          {incoming.subject}
        </h1>
        <p class="tags">
          <DeliveryTag state={incoming.state} />
          <UrgencyTag urgency={incoming.urgency} />
          <strong class="code">{incoming.code}</strong>
        </p>
      </div>
      <Outcome text={changes.text} stale={changes.stale} />
      {incoming.returnReason && <p class="note warn">{t('return.because', { reason: incoming.returnReason })}</p>}
      <div class="split">
        <div class="do">
          <p class="judged" role="status">
            {t('incoming.judged')} <VerdictTag overall={incoming.verification} />
          </p>
          {seen.verdicts.length > 1 && <Verdicts all={seen.verdicts} />}
          {acts.length > 0 && !can('assign') && (
            <div class="acts" role="group" aria-label={t('act.label')}>
              {can('register') && (
                <button type="button" class="primary" disabled={act.busy} onClick={() => void change('register', {}, t('incoming.registered'))}>
                  {act.busy ? t('incoming.registering') : t('incoming.register')}
                </button>
              )}
              {can('judge-again') && (
                <button
                  type="button"
                  class="primary"
                  disabled={act.busy}
                  onClick={() => void change('judge-again', {}, t('incoming.judged-again'))}
                >
                  {act.busy ? t('verification.running') : t('incoming.judge-again')}
                </button>
              )}
              {can('return') && (
                <button type="button" onClick={() => setReturning(true)}>
                  {t('return.do')}
                </button>
              )}
            </div>
          )}
          {incoming.state === 'arrived' && can('return') && !can('register') && incoming.verification && (
            <p class="note bad">{t(can('judge-again') ? 'incoming.undecided' : 'incoming.only-return')}</p>
          )}
          {!returning && !can('assign') && <ProblemBox problem={act.problem} />}
          {can('assign') && (
            <AssignForm
              seen={seen}
              act={act}
              onAssign={(values) =>
                void change(
                  'assignments',
                  {
                    lead: values.get('lead'),
                    opinion: String(values.get('opinion')).trim(),
                    ...(values.get('deadline') ? { deadline: values.get('deadline') } : {}),
                  },
                  t('assign.done'),
                )
              }
            />
          )}
        </div>
        <div class="main-side">
          <PdfView path={`${path}/file`} digest={incoming.sha256} bytes={incoming.size} name={fileName(incoming.code, incoming.id)} />
        </div>
        <div class="side">
          {seen.assignments.length > 0 && (
            <section aria-labelledby="assignments-title">
              <h2 id="assignments-title">{t('assign.list')}</h2>
              <ul class="cards">
                {seen.assignments.map((item) => (
                  <AssignmentCard key={item.id} item={item} posts={seen.posts} changes={changes} />
                ))}
              </ul>
            </section>
          )}
          <section aria-labelledby="facts-title">
            <h2 id="facts-title">{t('fact.title')}</h2>
            <Facts incoming={incoming} />
          </section>
        </div>
      </div>
      {incoming.verification && <VerificationView key={incoming.version} path={`${path}/verification`} page={false} />}
      {returning && (
        <Dialog
          title={t('return.title')}
          submit={t('return.do')}
          waiting={t('return.running')}
          act={act}
          danger
          onSubmit={(values) => void change('return', { reason: values.get('reason') }, t('incoming.returned'))}
          onClose={() => {
            setReturning(false);
            act.clear();
          }}
        >
          <ReasonField label={t('return.reason-sender')} />
        </Dialog>
      )}
    </>
  );
}

export function IncomingPage({ id }: { id: string }) {
  const seen = useLoaded(id, () => load(id));
  return (
    <main id="main">
      {!seen.data && !seen.problem && <p role="status">{t('act.loading')}</p>}
      {!seen.data && seen.problem && (
        <>
          <ProblemBox problem={seen.problem} retry={() => void seen.reload()} />
          <button type="button" onClick={() => go('/')}>
            {t('missing.back')}
          </button>
        </>
      )}
      {seen.data && <IncomingView seen={seen.data} reload={seen.reload} />}
    </main>
  );
}
