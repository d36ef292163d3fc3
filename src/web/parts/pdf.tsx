// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { download, type Problem } from '../api/http';
import { shortHash, size } from '../lib/format';
import { language, t } from '../lib/i18n';
import { asProblem } from './hooks';
import { ProblemBox } from './problem';

// Hashing needs the whole file in one piece of memory.
const HASHED_MOST = 64 * 1024 * 1024;

/** Whether the policy of this site lets a frame show a file that the page holds. Asked once. */
let frames: Promise<boolean> | undefined;
function framesMayShowFiles(): Promise<boolean> {
  const viewer = (navigator as { pdfViewerEnabled?: boolean }).pdfViewerEnabled === true;
  frames ??= fetch('/')
    .then((reply) => viewer && /(frame|child)-src[^;]*\bblob:/.test(reply.headers.get('Content-Security-Policy') ?? ''))
    .catch(() => false);
  return frames;
}

async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Shown {
  url: string;
  framed: boolean;
  /** undefined: too large to hash here. */
  same: boolean | undefined;
}

/** The PDF of a record: fetched whole, compared with the digest that the record names, then shown. */
export function PdfView({ path, digest, bytes, name }: { path: string; digest: string; bytes: number; name: string }) {
  const [share, setShare] = useState(0);
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const abort = new AbortController();
    let url: string | undefined;
    setShown(undefined);
    setProblem(undefined);
    setShare(0);
    void (async () => {
      try {
        const file = await download(path, bytes, setShare, abort.signal);
        const same = file.size > HASHED_MOST ? undefined : (await sha256(file)) === digest;
        const framed = await framesMayShowFiles();
        if (abort.signal.aborted) return;
        url = URL.createObjectURL(file);
        setShown({ url, framed, same });
      } catch (thrown) {
        if (!abort.signal.aborted) setProblem(asProblem(thrown));
      }
    })();
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [path, digest]);

  return (
    <section class="pdf" aria-label={t('pdf.title')}>
      <ProblemBox problem={problem} />
      {!shown && !problem && (
        <div class="progress" role="status">
          <label for="pdf-progress">{t('pdf.loading')}</label>
          <progress id="pdf-progress" max={1} value={share} />
        </div>
      )}
      {shown && (
        <>
          <div class="pdf-bar">
            <a class="button" href={shown.url} target="_blank" rel="noopener">
              {t('pdf.open')}
            </a>
            <a class="button" href={shown.url} download={name}>
              {t('pdf.download')} ({size(bytes, language.value)})
            </a>
            {shown.same === false ? (
              <span class="note bad">{t('pdf.other')}</span>
            ) : (
              <span class="small">
                SHA-256 <span class="mono">{shortHash(digest)}</span>
                {shown.same && ` · ${t('pdf.same')}`}
              </span>
            )}
          </div>
          {!shown.framed && <p class="empty">{t('pdf.elsewhere')}</p>}
          {shown.framed && shown.same !== false && <iframe class="paper" src={`${shown.url}#navpanes=0&view=FitH`} title={t('pdf.title')} />}
        </>
      )}
    </section>
  );
}
