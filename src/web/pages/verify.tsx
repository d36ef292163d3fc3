// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { upload } from '../api/http';
import type { Report } from '../api/types';
import { reportWord, t } from '../lib/i18n';
import { overallKey } from '../lib/verdict';
import { useAct, usePageTitle } from '../parts/hooks';
import { ProblemBox } from '../parts/problem';
import { ReportView } from '../parts/report';
import { UploadProgress } from '../parts/upload';

interface Judged {
  name: string;
  report: Report;
}

function ReportDownload({ judged }: { judged: Judged }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const text = JSON.stringify({ ...judged.report, file: judged.name }, null, 2);
    const made = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [judged]);
  return (
    <a class="button" href={url} download={`${judged.name}.report.json`}>
      {t('verify.json')}
    </a>
  );
}

export function VerifyPage() {
  const heading = usePageTitle(t('nav.verify'));
  const act = useAct();
  const [file, setFile] = useState<File>();
  const [share, setShare] = useState(0);
  const [judged, setJudged] = useState<Judged>();
  const [over, setOver] = useState(false);
  const abort = useRef<AbortController | null>(null);
  const result = useRef<HTMLHeadingElement>(null);

  const judge = (wanted: File | undefined) => {
    if (!wanted || act.busy) return;
    setFile(wanted);
    setJudged(undefined);
    setShare(0);
    abort.current = new AbortController();
    void act
      .run(async () => {
        const answer = await upload<Report>({
          method: 'POST',
          path: '/api/v1/verify',
          file: wanted,
          type: 'application/octet-stream',
          progress: setShare,
          signal: abort.current!.signal,
        });
        setJudged({ name: wanted.name, report: answer.data });
      })
      .then((through) => {
        if (through) requestAnimationFrame(() => result.current?.focus());
      });
  };
  useEffect(() => () => abort.current?.abort(), []);

  return (
    <main id="main" class="narrow">
      <h1 ref={heading} tabIndex={-1}>
        {t('nav.verify')}
      </h1>
      <p>{t('verify.hint')}</p>
      <div
        class={`drop ${over ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          judge(event.dataTransfer?.files[0]);
        }}
      >
        <label for="file">{t('verify.choose')}</label>
        <input
          id="file"
          type="file"
          disabled={act.busy}
          onChange={(event) => {
            judge(event.currentTarget.files?.[0]);
            // The same file chosen again is to be judged again.
            event.currentTarget.value = '';
          }}
        />
        <p class="hint">{t('verify.drop')}</p>
      </div>
      {act.busy && file && (
        <UploadProgress name={file.name} bytes={file.size} share={share} onCancel={() => abort.current?.abort()} />
      )}
      <ProblemBox problem={act.problem} retry={file ? () => judge(file) : undefined} />
      {judged && (
        <>
          <h2 ref={result} tabIndex={-1} class="wrap">
            {t('verify.result', { name: judged.name })}
            <span class="unseen">: {reportWord(overallKey(judged.report))}</span>
          </h2>
          <ReportView report={judged.report} />
          <ReportDownload judged={judged} />
        </>
      )}
    </main>
  );
}
