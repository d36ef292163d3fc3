// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { upload } from '../api/http';
import type { Outgoing } from '../api/types';
import { t } from '../lib/i18n';
import type { Running } from './hooks';
import { ProblemBox } from './problem';
import { UploadProgress } from './upload';

/** Gives a draft its file, or another one. */
export function AttachForm({
  document,
  etag,
  act,
  onSend,
}: {
  document: Outgoing;
  etag: string | null;
  act: Running;
  onSend: (send: () => Promise<void>) => void;
}) {
  const [sending, setSending] = useState<File>();
  const [share, setShare] = useState(0);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const send = (file: File) => {
    setSending(file);
    setShare(0);
    abort.current = new AbortController();
    onSend(async () => {
      await upload({
        method: 'PUT',
        path: `/api/v1/documents/${document.id}/file`,
        file,
        type: 'application/pdf',
        etag,
        progress: setShare,
        signal: abort.current!.signal,
      });
    });
  };
  return (
    <section aria-labelledby="attach-title" class="card">
      <h2 id="attach-title">{document.size > 0 ? t('attach.again') : t('attach.title')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const file = new FormData(event.currentTarget).get('file');
          if (file instanceof File) send(file);
        }}
      >
        <div class="field">
          <label for="file">{t('draft.file')}</label>
          <input id="file" name="file" type="file" accept="application/pdf,.pdf" required />
        </div>
        {act.busy && sending && (
          <UploadProgress name={sending.name} bytes={sending.size} share={share} onCancel={() => abort.current?.abort()} />
        )}
        <ProblemBox problem={act.problem} />
        <button type="submit" disabled={act.busy}>
          {t('attach.do')}
        </button>
      </form>
    </section>
  );
}
