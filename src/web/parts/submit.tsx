// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { agencies, personName, postsIn } from '../api/directory';
import type { Outgoing, Post } from '../api/types';
import { t, word } from '../lib/i18n';
import { fitting, lineage, routeAgencies } from '../lib/tree';
import { useLoaded, type Running } from './hooks';
import { ProblemBox } from './problem';

export interface Route {
  initials: string[];
  formChecker: string;
  signer: string;
}

interface Choice {
  id: string;
  label: string;
}

interface Choices {
  initials: Choice[];
  formCheckers: Choice[];
  signers: Choice[];
}

async function labelled(posts: Post[]): Promise<Choice[]> {
  return Promise.all(
    posts.map(async (post) => {
      const name = await personName(post.holder!);
      const capacity = post.capacity === 'none' ? '' : ` (${word('capacity', post.capacity)})`;
      return { id: post.id, label: `${post.title}${name ? ` – ${name}` : ''}${capacity}` };
    }),
  );
}

async function choices(document: Outgoing): Promise<Choices> {
  const all = await agencies();
  const posts = await postsIn(routeAgencies(all, document.draftedIn, document.agency));
  const drafting = lineage(all, document.draftedIn);
  const issuing = lineage(all, document.agency);
  const [initials, formCheckers, signers] = await Promise.all([
    labelled(fitting(posts, 'unit-head', drafting)),
    labelled(fitting(posts, 'form-checker', issuing)),
    labelled(fitting(posts, 'leader', issuing)),
  ]);
  return { initials, formCheckers, signers };
}

function Select({ name, label, from }: { name: string; label: string; from: Choice[] }) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name} required>
        {from.map((one) => (
          <option key={one.id} value={one.id}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Who initials, who checks the form, who signs: only posts that hold the role are offered. */
export function SubmitForm({
  document,
  act,
  onSubmit,
}: {
  document: Outgoing;
  act: Running;
  onSubmit: (route: Route) => void;
}) {
  const from = useLoaded(document.id, () => choices(document));
  const [noHead, setNoHead] = useState(false);
  return (
    <section aria-labelledby="submit-title" class="card">
      <h2 id="submit-title">{t('submit.title')}</h2>
      <ProblemBox problem={from.problem} retry={() => void from.reload()} />
      {from.data && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const values = new FormData(event.currentTarget);
            const initials = values.getAll('initials').map(String);
            setNoHead(initials.length === 0);
            if (initials.length === 0) return;
            onSubmit({
              initials,
              formChecker: String(values.get('form-checker')),
              signer: String(values.get('signer')),
            });
          }}
        >
          <fieldset>
            <legend>{t('submit.initials')}</legend>
            {from.data.initials.map((one, i) => (
              <label class="check" key={one.id}>
                <input type="checkbox" name="initials" value={one.id} defaultChecked={i === 0} />
                {one.label}
              </label>
            ))}
            <div role="alert">{noHead && <p class="field-error">{t('submit.no-head')}</p>}</div>
          </fieldset>
          <Select name="form-checker" label={t('submit.form-checker')} from={from.data.formCheckers} />
          <Select name="signer" label={t('submit.signer')} from={from.data.signers} />
          <ProblemBox problem={act.problem} />
          <button type="submit" class="primary" disabled={act.busy}>
            {act.busy ? t('submit.running') : t('submit.do')}
          </button>
        </form>
      )}
    </section>
  );
}
