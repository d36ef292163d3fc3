// SPDX-License-Identifier: Apache-2.0
import { useRef, useState } from 'preact/hooks';
import { go } from '../app/router';
import { agencies } from '../api/directory';
import { post, upload } from '../api/http';
import { caller } from '../api/session';
import type { Agency, Outgoing } from '../api/types';
import { folded } from '../lib/format';
import { t, word } from '../lib/i18n';
import { issuers } from '../lib/tree';
import { TYPES } from '../lib/types_of_documents';
import { flash } from '../parts/flash';
import { asProblem, useAct, useLoaded, usePageTitle } from '../parts/hooks';
import { ProblemBox } from '../parts/problem';
import { UploadProgress } from '../parts/upload';

const URGENCIES = ['normal', 'urgent', 'very-urgent', 'immediate'];
const SUBJECT_MOST = 500;
const GROUPS: Agency['kind'][] = ['province-committee', 'office', 'department', 'commune'];

function Recipients({ all, chosen, choose }: { all: Agency[]; chosen: Set<string>; choose: (next: Set<string>) => void }) {
  const [search, setSearch] = useState('');
  const flip = (ids: string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    choose(next);
  };
  const wanted = folded(search);
  return (
    <fieldset>
      <legend>
        {t('draft.recipients')} <span class="small">{t('draft.chosen', { count: chosen.size })}</span>
      </legend>
      <div class="field">
        <label for="find-recipient">{t('draft.find')}</label>
        <input id="find-recipient" type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
      </div>
      {GROUPS.map((kind) => {
        const group = all.filter((one) => one.kind === kind && folded(one.name).includes(wanted));
        if (group.length === 0) return null;
        const every = group.every((one) => chosen.has(one.id));
        return (
          <fieldset key={kind} class="group">
            <legend>{word('kind', kind)}</legend>
            {group.length > 1 && (
              <label class="check all">
                <input
                  type="checkbox"
                  checked={every}
                  onChange={() => flip(group.map((one) => one.id), !every)}
                />
                {t('draft.all', { count: group.length })}
              </label>
            )}
            {group.map((one) => (
              <label class="check" key={one.id}>
                <input type="checkbox" checked={chosen.has(one.id)} onChange={() => flip([one.id], !chosen.has(one.id))} />
                {one.name}
              </label>
            ))}
          </fieldset>
        );
      })}
    </fieldset>
  );
}

export function DraftPage() {
  const heading = usePageTitle(t('nav.draft'));
  const who = caller.value!;
  const all = useLoaded('agencies', agencies);
  const [chosen, choose] = useState(new Set<string>());
  const [length, setLength] = useState(0);
  const [sending, setSending] = useState<{ name: string; bytes: number }>();
  const [share, setShare] = useState(0);
  const [noRecipient, setNoRecipient] = useState(false);
  const abort = useRef<AbortController | null>(null);
  const act = useAct();

  const save = async (values: FormData) => {
    const made = await post<Outgoing>('/api/v1/documents', {
      agency: values.get('agency'),
      type: values.get('type'),
      subject: String(values.get('subject')).trim(),
      urgency: values.get('urgency'),
      recipients: [...chosen],
    });
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

  const issuing = issuers(all.data ?? [], who.agency);
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
            setNoRecipient(chosen.size === 0);
            if (chosen.size === 0) {
              document.getElementById('find-recipient')?.focus();
              return;
            }
            const values = new FormData(event.currentTarget);
            void act.run(() => save(values));
          }}
        >
          <div class="columns">
            <div class="field">
              <label for="agency">{t('draft.agency')}</label>
              <select id="agency" name="agency" required>
                {/* The topmost first: that is what a route through the office is for. */}
                {[...issuing].reverse().map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            </div>
            <div class="field">
              <label for="type">{t('draft.type')}</label>
              <select id="type" name="type" required>
                {TYPES.map((type) => (
                  <option key={type} value={type}>
                    {word('type', type)} ({type})
                  </option>
                ))}
              </select>
            </div>
          </div>
          <div class="field">
            <label for="subject">{t('column.subject')}</label>
            <p class="hint" id="subject-hint">
              {t('draft.subject-hint', { left: SUBJECT_MOST - length })}
            </p>
            <textarea
              id="subject"
              name="subject"
              rows={3}
              required
              maxLength={SUBJECT_MOST}
              aria-describedby="subject-hint"
              onInput={(event) => setLength(event.currentTarget.value.length)}
            />
          </div>
          <fieldset>
            <legend>{t('draft.urgency')}</legend>
            <div class="row">
              {URGENCIES.map((one) => (
                <label class="check" key={one}>
                  <input type="radio" name="urgency" value={one} defaultChecked={one === 'normal'} />
                  {word('urgency', one)}
                </label>
              ))}
            </div>
          </fieldset>
          <Recipients all={all.data} chosen={chosen} choose={choose} />
          <div role="alert">{noRecipient && chosen.size === 0 && <p class="field-error">{t('draft.no-recipient')}</p>}</div>
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
