// SPDX-License-Identifier: Apache-2.0
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { go } from '../app/router';
import { agencies } from '../api/directory';
import { get, post, type Answer } from '../api/http';
import { caller } from '../api/session';
import type { Agency, Outgoing, OutgoingRow, Page } from '../api/types';
import { actsOn, nextStep, type Act } from '../lib/acts';
import { date, fileName, shortHash, size, time } from '../lib/format';
import { language, t, word } from '../lib/i18n';
import { signedText } from '../lib/outcome';
import { AttachForm } from '../parts/attach';
import { Outcome, useStale } from '../parts/changed';
import { DeliveriesView, type Returned } from '../parts/deliveries';
import { Dialog, PinField, ReasonField } from '../parts/dialog';
import { TrailView, VerificationView } from '../parts/evidence';
import { flash } from '../parts/flash';
import { useAct, useLoaded, usePageTitle } from '../parts/hooks';
import { AgencyName, PersonName } from '../parts/names';
import { PdfView } from '../parts/pdf';
import { ProblemBox } from '../parts/problem';
import { ReviseForm } from '../parts/revise';
import { RouteView } from '../parts/route';
import { SubmitForm, type Route } from '../parts/submit';
import { StateTag, Tag, UrgencyTag } from '../parts/tag';

interface Seen {
  document: Outgoing;
  etag: string | null;
  agencies: Agency[];
}

async function load(id: string): Promise<Seen> {
  const [answer, all] = await Promise.all([get<Outgoing>(`/api/v1/documents/${id}`), agencies()]);
  return { document: answer.data, etag: answer.etag, agencies: all };
}

function Facts({ document }: { document: Outgoing }) {
  return (
    <dl class="facts">
      <dt>{t('fact.code')}</dt>
      <dd>{document.code ?? t('fact.no-number', { notation: document.notation })}</dd>
      {document.issueDate && (
        <>
          <dt>{t('fact.issue-date')}</dt>
          <dd>{date(document.issueDate)}</dd>
        </>
      )}
      <dt>{t('draft.type')}</dt>
      <dd>{word('type', document.type)}</dd>
      <dt>{t('fact.agency')}</dt>
      <dd>
        <AgencyName id={document.agency} />
      </dd>
      <dt>{t('fact.drafted')}</dt>
      <dd>
        <PersonName id={document.drafter} />, <AgencyName id={document.draftedIn} />
      </dd>
      <dt>{t('column.changed')}</dt>
      <dd>{time(document.changed)}</dd>
      <dt>{t('fact.recipients')}</dt>
      <dd>
        <details>
          <summary>{t('fact.recipient-count', { count: document.recipients.length })}</summary>
          <ul>
            {document.recipients.map((id) => (
              <li key={id}>
                <AgencyName id={id} />
              </li>
            ))}
          </ul>
        </details>
      </dd>
    </dl>
  );
}

/** What is about to be signed, in the words of the record and the digest of the file that was shown. */
function ToSign({ document }: { document: Outgoing }) {
  const who = caller.value!;
  return (
    <dl class="facts">
      <dt>{t('column.subject')}</dt>
      <dd>{document.subject}</dd>
      <dt>{t('fact.code')}</dt>
      <dd>{document.code ?? t('fact.no-number', { notation: document.notation })}</dd>
      <dt>{t('fact.file')}</dt>
      <dd>
        {size(document.size, language.value)} · SHA-256 <span class="mono">{shortHash(document.sha256 ?? '')}</span>
      </dd>
      <dt>{t('sign.as')}</dt>
      <dd>
        {who.capacity !== 'none' && `${word('capacity', who.capacity)} `}
        {who.title} · {who.name}
      </dd>
    </dl>
  );
}

/** The next document that waits for this person, looked up after an act. */
function NextLink({ box, after }: { box: string; after: string }) {
  const next = useLoaded(`${box} ${after}`, async () => {
    const page = await get<Page<OutgoingRow>>(`/api/v1/documents?box=${box}&limit=2`);
    return page.data.items.find((one) => one.id !== after)?.id ?? null;
  });
  if (next.data === undefined) return null;
  return next.data ? (
    <a class="button primary" href={`/van-ban/${next.data}`}>
      {t('sign.next')}
    </a>
  ) : (
    <a class="button" href="/">
      {t('sign.back')}
    </a>
  );
}

type Question = 'sign' | 'issue' | 'cancel-number' | 'return' | 'dispatch' | null;

function DocumentView({ seen, reload }: { seen: Seen; reload: () => Promise<void> }) {
  const { document, etag } = seen;
  const acts = actsOn(document, caller.value!, seen.agencies);
  const can = (act: Act) => acts.includes(act);
  const step = nextStep(document);
  const signLabel = word('sign', step?.kind ?? 'sign');
  const [question, ask] = useState<Question>(null);
  const [again, setAgain] = useState<Returned | null>(null);
  const [after, setAfter] = useState<string | null>(null);
  const act = useAct();
  const attaching = useAct();
  const revising = useAct();
  const submitting = useAct();
  const changes = useStale(reload);
  const path = `/api/v1/documents/${document.id}`;
  const heading = usePageTitle(`${document.code ?? word('type', document.type)}: ${document.subject}`);

  // Before the next key can come: a listener of the last drawing would still see the dialog that just closed.
  useLayoutEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (question || event.defaultPrevented) return;
      const chosen: Question =
        event.ctrlKey && event.key === 'Enter'
          ? can('sign')
            ? 'sign'
            : can('issue')
              ? 'issue'
              : null
          : event.altKey && event.key.toLowerCase() === 'r' && can('return')
            ? 'return'
            : null;
      if (!chosen) return;
      event.preventDefault();
      ask(chosen);
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  });

  const change = async (verb: string, body: unknown, done: (now: Outgoing) => string, box: string | null) => {
    let answer: Answer<Outgoing> | undefined;
    const through = await changes.attempt(
      act,
      async () => {
        answer = await post<Outgoing>(`${path}/${verb}`, body, etag);
      },
      () => done(answer!.data),
    );
    if (!through) return;
    ask(null);
    setAgain(null);
    if (answer) setAfter(box);
  };
  const close = () => {
    ask(null);
    setAgain(null);
    act.clear();
  };
  const lost = flash.value?.about === document.id ? flash.value.problem : undefined;
  useEffect(
    () => () => {
      flash.value = null;
    },
    [],
  );

  return (
    <>
      <p class="crumbs">
        <a href="/">{t('nav.work')}</a>
      </p>
      <div class="document-title">
        <h1 ref={heading} tabIndex={-1}>
          {document.subject}
        </h1>
        <p class="tags">
          <StateTag state={document.state} />
          <UrgencyTag urgency={document.urgency} />
          {document.awaitingTimestamp && <Tag tone="warn">{t('timestamp.awaited')}</Tag>}
          {document.code && <strong class="code">{document.code}</strong>}
        </p>
      </div>
      <Outcome text={changes.text} stale={changes.stale} />
      {after && !can('sign') && !can('issue') && (
        <p>
          <NextLink box={after} after={document.id} />
        </p>
      )}
      {document.returnReason && (document.state === 'returned' || document.state === 'draft') && (
        <p class="note warn">{t('return.because', { reason: document.returnReason })}</p>
      )}
      {document.state === 'cancelled' && <p class="note warn">{t('cancel-number.because', { reason: document.returnReason })}</p>}
      {document.awaitingTimestamp && <p class="note warn">{t('timestamp.hint')}</p>}
      <ProblemBox problem={lost} />
      <div class="split">
        <div class="do">
          {(can('sign') || can('issue') || can('dispatch') || can('return')) && (
            <div class="acts" role="group" aria-label={t('act.label')}>
              {can('sign') && (
                <button type="button" class="primary" aria-keyshortcuts="Control+Enter" onClick={() => ask('sign')}>
                  {signLabel}
                </button>
              )}
              {can('issue') && (
                <button type="button" class="primary" aria-keyshortcuts="Control+Enter" onClick={() => ask('issue')}>
                  {document.state === 'issuing' ? t('issue.again') : t('issue.do')}
                </button>
              )}
              {can('cancel-number') && (
                <button type="button" onClick={() => ask('cancel-number')}>
                  {t('cancel-number.do')}
                </button>
              )}
              {can('dispatch') && (
                <button type="button" class="primary" onClick={() => ask('dispatch')}>
                  {t('dispatch.do', { count: document.recipients.length })}
                </button>
              )}
              {can('return') && (
                <button type="button" aria-keyshortcuts="Alt+R" onClick={() => ask('return')}>
                  {t('return.do')}
                </button>
              )}
              {(can('sign') || can('issue')) && <span class="keys">{t('sign.keys')}</span>}
            </div>
          )}
          {document.state === 'issuing' && <p class="note warn">{t('issue.unfinished', { code: document.code ?? '' })}</p>}
          {can('submit') && (
            <SubmitForm
              document={document}
              act={submitting}
              onSubmit={(route: Route) =>
                void changes.attempt(
                  submitting,
                  async () => {
                    await post(`${path}/submit`, route, etag);
                  },
                  () => t('submit.done'),
                )
              }
            />
          )}
          {can('revise') && (
            <ReviseForm
              key={`revise ${document.version}`}
              document={document}
              agencies={seen.agencies}
              act={revising}
              onRevise={(body) =>
                void changes.attempt(
                  revising,
                  async () => {
                    await post(`${path}/revise`, body, etag);
                  },
                  () => t('revise.done'),
                )
              }
            />
          )}
          {can('attach') && (
            <AttachForm
              key={document.version}
              document={document}
              etag={etag}
              act={attaching}
              onSend={(send) => {
                flash.value = null;
                void changes.attempt(attaching, send, () => t('attach.done'));
              }}
            />
          )}
        </div>
        <div class="main-side">
          {document.sha256 && (
            <PdfView
              path={`${path}/file`}
              digest={document.sha256}
              bytes={document.size}
              name={fileName(document.code, document.id)}
            />
          )}
          {!document.sha256 && <p class="empty">{t('attach.none')}</p>}
        </div>
        <div class="side">
          <RouteView document={document} />
          <section aria-labelledby="facts-title">
            <h2 id="facts-title">{t('fact.title')}</h2>
            <Facts document={document} />
          </section>
        </div>
      </div>
      {document.state === 'dispatched' && (
        <DeliveriesView
          document={document.id}
          version={document.version}
          onSendAgain={can('dispatch-again') ? (to) => setAgain(to) : undefined}
        />
      )}
      {document.sha256 && document.state !== 'draft' && <VerificationView key={document.version} path={`${path}/verification`} page />}
      <TrailView key={`trail ${document.version}`} path={`${path}/trail`} />

      {question === 'sign' && (
        <Dialog
          title={signLabel}
          submit={signLabel}
          waiting={t('sign.running')}
          act={act}
          onSubmit={(values) =>
            void change('sign', { pin: values.get('pin') }, signedText, 'to-sign')
          }
          onClose={close}
        >
          <ToSign document={document} />
          <PinField label={t('sign.pin')} />
        </Dialog>
      )}
      {question === 'issue' && (
        <Dialog
          title={t('issue.do')}
          submit={t('issue.do')}
          waiting={t('issue.running')}
          act={act}
          onSubmit={(values) =>
            void change('issue', { pin: values.get('pin') }, (now) => t('issue.done', { code: now.code ?? '' }), 'to-issue')
          }
          onClose={close}
        >
          <p>{t('issue.hint')}</p>
          <ToSign document={document} />
          <PinField label={t('issue.pin')} />
        </Dialog>
      )}
      {question === 'cancel-number' && (
        <Dialog
          title={t('cancel-number.title', { code: document.code ?? '' })}
          submit={t('cancel-number.do')}
          waiting={t('cancel-number.running')}
          act={act}
          danger
          onSubmit={(values) =>
            void change('cancel-number', { reason: values.get('reason') }, () => t('cancel-number.done'), 'to-issue')
          }
          onClose={close}
        >
          <p>{t('cancel-number.hint')}</p>
          <ReasonField label={t('cancel-number.reason')} />
        </Dialog>
      )}
      {question === 'return' && (
        <Dialog
          title={t('return.title')}
          submit={t('return.do')}
          waiting={t('return.running')}
          act={act}
          danger
          onSubmit={(values) =>
            void change('return', { reason: values.get('reason') }, () => t('return.done'), document.state === 'signed' ? 'to-issue' : 'to-sign')
          }
          onClose={close}
        >
          <ReasonField label={t('return.reason')} />
        </Dialog>
      )}
      {again && (
        <Dialog
          title={t('dispatch-again.title')}
          submit={t('dispatch-again.do')}
          waiting={t('dispatch.running')}
          act={act}
          onSubmit={() =>
            void change('dispatch-again', { recipient: again.recipient }, () => t('dispatch-again.done', { name: again.name }), null)
          }
          onClose={close}
        >
          <p>{t('dispatch-again.hint', { code: document.code ?? '', name: again.name })}</p>
          <p class="note warn">{t('return.because', { reason: again.reason })}</p>
        </Dialog>
      )}
      {question === 'dispatch' && (
        <Dialog
          title={t('dispatch.title')}
          submit={t('dispatch.do', { count: document.recipients.length })}
          waiting={t('dispatch.running')}
          act={act}
          onSubmit={() =>
            void change('dispatch', {}, (now) => t('dispatch.done', { count: now.recipients.length }), null)
          }
          onClose={close}
        >
          <p>{t('dispatch.hint', { code: document.code ?? '' })}</p>
          <ul class="recipients">
            {document.recipients.map((id) => (
              <li key={id}>
                <AgencyName id={id} />
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

export function DocumentPage({ id }: { id: string }) {
  const seen = useLoaded(id, () => load(id));
  return (
    <main id="main">
      {!seen.data && !seen.problem && <p role="status">{t('act.loading')}</p>}
      {!seen.data && (
        <>
          <ProblemBox problem={seen.problem} retry={() => void seen.reload()} />
          {seen.problem && (
            <button type="button" onClick={() => go('/')}>
              {t('missing.back')}
            </button>
          )}
        </>
      )}
      {seen.data && <DocumentView seen={seen.data} reload={seen.reload} />}
    </main>
  );
}
