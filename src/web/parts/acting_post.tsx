// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { go } from '../app/router';
import { agencyName } from '../api/directory';
import { actIn, caller } from '../api/session';
import { t, word } from '../lib/i18n';
import { useAct, useLoaded } from './hooks';
import { ProblemBox } from './problem';

function titleOf(post: { capacity: string; title: string }): string {
  return post.capacity === 'none' ? post.title : `${word('capacity', post.capacity)} ${post.title}`;
}

/** The post one acts in; who has several chooses another. Choosing takes a button: arrow keys pass over entries. */
export function ActingPost() {
  const who = caller.value!;
  const [wanted, want] = useState(who.post);
  const act = useAct();
  const names = useLoaded(who.person, () => Promise.all(who.posts.map((one) => agencyName(one.agency))));
  if (who.posts.length < 2) return <span class="post">{titleOf(who)}</span>;
  return (
    <form
      class="posts"
      onSubmit={(event) => {
        event.preventDefault();
        void act.run(async () => {
          await actIn(wanted);
          go('/');
        });
      }}
    >
      <label for="acting-post" class="unseen">
        {t('session.post')}
      </label>
      <select id="acting-post" value={wanted} onChange={(event) => want(event.currentTarget.value)}>
        {who.posts.map((one, i) => (
          <option key={one.id} value={one.id}>
            {titleOf(one)}
            {names.data && ` – ${names.data[i]}`}
          </option>
        ))}
      </select>
      {wanted !== who.post && (
        <button type="submit" disabled={act.busy}>
          {t('session.act-in')}
        </button>
      )}
      <ProblemBox problem={act.problem} />
    </form>
  );
}
