// SPDX-License-Identifier: Apache-2.0
import { useRef, useState } from 'preact/hooks';
import { go } from '../app/router';
import { agencies } from '../api/directory';
import { post, upload } from '../api/http';
import { caller } from '../api/session';
import type { Outgoing } from '../api/types';
import { t } from '../lib/i18n';
import { Description, useDescription } from '../parts/description';
import { flash } from '../parts/flash';
import { asProblem, useAct, useLoaded, usePageTitle } from '../parts/hooks';
import { ProblemBox } from '../parts/problem';
import { UploadProgress } from '../parts/upload';

export function DraftPage() {
  const heading = usePageTitle(t('nav.draft'));
  const who = caller.value!;
  const all = useLoaded('agencies', agencies);
  const about = useDescription(who);
  const [sending, setSending] = useState<{ name: string; bytes: number }>();
  const [share, setShare] = useState(0);
  const abort = useRef<AbortController | null>(null);
  const act = useAct();

  const save = async (values: FormData) => {
    const made = await post<Outgoing>('/api/v1/documents', about.body(values));
    const file = values.get('file') as File;
    setSending({ name: file.name, bytes: file.size });
    abort.current = new AbortController();
    try {
      await upload<Outgoing>({
        method: 'PUT',
        path: `/api/v1/documents/${made.data.id}/file`,
        file,
        type: 'application/pdf',
        etag: made.etag,
        progress: setShare,
        signal: abort.current.signal,
      });
    } catch (problem) {
      // The draft is kept: the file is offered again on its own page.
      flash.value = { about: made.data.id, problem: asProblem(problem) };
    }
    go(`/van-ban/${made.data.id}`);
  };

  return (
    <main id="main" class="narrow">
      <h1 ref={heading} tabIndex={-1}>
        {t('nav.draft')}
      </h1>
      <ProblemBox problem={all.problem} retry={() => void all.reload()} />
      {all.data && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!about.complete()) return;
            const values = new FormData(event.currentTarget);
            void act.run(() => save(values));
          }}
        >
          <Description about={about} agencies={all.data} />
          <div class="field">
            <label for="file">{t('draft.file')}</label>
            <input id="file" name="file" type="file" accept="application/pdf,.pdf" required />
          </div>
          {act.busy && sending && (
            <UploadProgress {...sending} share={share} onCancel={() => abort.current?.abort()} />
          )}
          <ProblemBox problem={act.problem} />
          <div class="buttons">
            <button type="submit" class="primary" disabled={act.busy}>
              {act.busy ? t('draft.saving') : t('draft.save')}
            </button>
          </div>
        </form>
      )}
    </main>
  );
}
