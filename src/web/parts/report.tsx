// SPDX-License-Identifier: Apache-2.0
import type { Check, Report, ReportSignature } from '../api/types';
import { commonName, time } from '../lib/format';
import { reportWord, t, word } from '../lib/i18n';
import { overallKey, overallTone, problemText, questions, sentenceKey, toneOf, type Tone } from '../lib/verdict';

const MARK: Record<Tone, string> = { good: '✓', bad: '✗', unsure: '?' };
const CHECK_MARK: Record<string, string> = { pass: '✓', warn: '!', fail: '✗', 'not-run': '–' };

function answerText(key: string): string {
  return key.startsWith('trusted.') ? word('trusted', key.slice(8)) : reportWord(key);
}

function covered(text: string): string {
  const revision = /^revision (\d+) of (\d+)$/.exec(text);
  if (revision) return t('report.revision', { at: revision[1]!, of: revision[2]! });
  return reportWord(`covers.${text}`);
}

function Checks({ checks }: { checks: Check[] }) {
  return (
    <details>
      <summary>{t('report.checks', { count: checks.length })}</summary>
      <ul class="checks">
        {checks.map((check) => (
          <li key={check.name} class={check.result}>
            <span class="mark" aria-hidden="true">
              {CHECK_MARK[check.result]}
            </span>
            <span>
              {reportWord(`check.${check.name}`)}: <strong>{reportWord(`result.${check.result}`)}</strong>
              {check.detail && <span class="detail">{check.detail}</span>}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Signature({ signature, ordinal }: { signature: ReportSignature; ordinal: number }) {
  const tone = toneOf(signature.indication);
  return (
    <li class={`signature ${tone}`}>
      <h3>
        {t('report.signature', { ordinal })}: {commonName(signature.signer.subject) || reportWord('none')}
        <span class={`verdict ${tone}`}>
          <span aria-hidden="true">{MARK[tone]} </span>
          {reportWord(`indication.${signature.indication}`)}
        </span>
      </h3>
      <p>{reportWord(sentenceKey(signature))}</p>
      <dl class="questions">
        {questions(signature).map((question) => (
          <div key={question.name} class={question.tone}>
            <dt>{reportWord(`question.${question.name}`)}</dt>
            <dd>
              <span class="mark" aria-hidden="true">
                {MARK[question.tone]}
              </span>
              {answerText(question.answer)}
            </dd>
          </div>
        ))}
      </dl>
      {signature.changes_after.length > 0 && (
        <>
          <h4>{reportWord('changes_after')}</h4>
          <ul>
            {signature.changes?.map((change) => (
              <li key={`${change.revision} ${change.what}`} class={change.lawful ? '' : 'unlawful'}>
                {reportWord(`change.${change.kind}`)}
                <span class="detail">
                  {change.revision > 0 && `${t('report.revision-at', { at: change.revision })}: `}
                  {change.what}
                </span>
              </li>
            ))}
            {/* A report of an earlier version has the lines alone. */}
            {!signature.changes && signature.changes_after.map((change) => <li key={change}>{change}</li>)}
          </ul>
        </>
      )}
      <dl class="facts">
        <dt>{t('report.proven')}</dt>
        <dd>{signature.best_signature_time ? time(signature.best_signature_time) : reportWord('none')}</dd>
        <dt>{t('report.claimed')}</dt>
        <dd>{signature.claimed_time ? time(signature.claimed_time) : reportWord('none')}</dd>
        <dt>{reportWord('covers')}</dt>
        <dd>{covered(signature.covers)}</dd>
        <dt>{reportWord('level')}</dt>
        <dd>
          PAdES/CAdES {signature.level}
          {signature.field && ` · ${signature.field}`}
        </dd>
        <dt>{t('report.subject')}</dt>
        <dd class="wrap">{signature.signer.subject}</dd>
        <dt>{reportWord('serial')}</dt>
        <dd class="wrap mono">{signature.signer.serial}</dd>
      </dl>
      <Checks checks={signature.checks} />
    </li>
  );
}

/** A verification report, in the order in which people ask: verdict, each signature, then the details. */
export function ReportView({ report }: { report: Report }) {
  const tone = overallTone(report);
  return (
    <section class="report" aria-label={reportWord('title')}>
      <p class={`overall ${tone}`}>
        <span class="mark" aria-hidden="true">
          {MARK[tone]}
        </span>
        <strong>{reportWord(overallKey(report))}</strong>
      </p>
      {report.problems.length > 0 && (
        <>
          <h3>{reportWord('problems')}</h3>
          <ul>
            {report.problems.map((problem) => (
              <li key={problem} class="wrap">
                {problemText(problem)}
              </li>
            ))}
          </ul>
        </>
      )}
      <ol class="signatures">
        {report.signatures.map((signature, i) => (
          <Signature key={signature.id} signature={signature} ordinal={i + 1} />
        ))}
      </ol>
      {report.timestamps.length > 0 && (
        <>
          <h3>{reportWord('timestamp')}</h3>
          <ul>
            {report.timestamps.map((stamp) => (
              <li key={stamp.id}>
                {time(stamp.time)} · {reportWord(`indication.${stamp.indication}`)}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="small wrap">
        SHA-256 <span class="mono">{report.sha256}</span>
      </p>
    </section>
  );
}
