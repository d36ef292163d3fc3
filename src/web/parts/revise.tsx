// SPDX-License-Identifier: Apache-2.0
import { caller } from '../api/session';
import type { Agency, Outgoing } from '../api/types';
import { t } from '../lib/i18n';
import { Description, useDescription } from './description';
import type { Running } from './hooks';
import { ProblemBox } from './problem';

/** Says anew what a draft is about, or one that came back, which goes on with the file it had. */
export function ReviseForm({
  document,
  agencies,
  act,
  onRevise,
}: {
  document: Outgoing;
  agencies: Agency[];
  act: Running;
  onRevise: (body: object) => void;
}) {
  const about = useDescription(caller.value!, document);
  return (
    <details class="card">
      <summary>{t('revise.title')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (about.complete()) onRevise(about.body(new FormData(event.currentTarget)));
        }}
      >
        {document.state === 'returned' && <p>{t('revise.hint')}</p>}
        <Description about={about} agencies={agencies} />
        <ProblemBox problem={act.problem} />
        <button type="submit" class="primary" disabled={act.busy}>
          {act.busy ? t('draft.saving') : t('revise.do')}
        </button>
      </form>
    </details>
  );
}
