// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import type { Agency, Caller, Outgoing } from '../api/types';
import { folded } from '../lib/format';
import { t, word } from '../lib/i18n';
import { issuers } from '../lib/tree';
import { TYPES } from '../lib/types_of_documents';

const URGENCIES = ['normal', 'urgent', 'very-urgent', 'immediate'];
const SUBJECT_MOST = 500;
const GROUPS: Agency['kind'][] = ['province-committee', 'office', 'department', 'commune'];

/** What a draft says of itself, as it was said before or from nothing. */
export interface About {
  /** Whose drafter it is: the agencies above may issue. */
  agency: string;
  before: Outgoing | undefined;
  chosen: Set<string>;
  choose: (next: Set<string>) => void;
  length: number;
  setLength: (length: number) => void;
  noRecipient: boolean;
  /** False, and the missing recipients are told, when nobody would get it. */
  complete: () => boolean;
  body: (values: FormData) => object;
}

export function useDescription(who: Caller, before?: Outgoing): About {
  const [chosen, choose] = useState(new Set<string>(before?.recipients));
  const [length, setLength] = useState(before?.subject.length ?? 0);
  const [tried, setTried] = useState(false);
  return {
    agency: who.agency,
    before,
    chosen,
    choose,
    length,
    setLength,
    noRecipient: tried && chosen.size === 0,
    complete: () => {
      setTried(true);
      if (chosen.size === 0) document.getElementById('find-recipient')?.focus();
      return chosen.size > 0;
    },
    body: (values) => ({
      agency: values.get('agency'),
      type: values.get('type'),
      subject: String(values.get('subject')).trim(),
      urgency: values.get('urgency'),
      recipients: [...chosen],
    }),
  };
}

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

/** The fields of a description; ids are those of one form a page. */
export function Description({ about, agencies: all }: { about: About; agencies: Agency[] }) {
  const { before } = about;
  return (
    <>
      <div class="columns">
        <div class="field">
          <label for="agency">{t('draft.agency')}</label>
          <select id="agency" name="agency" required>
            {/* The topmost first: that is what a route through the office is for. */}
            {[...issuers(all, about.agency)].reverse().map((one) => (
              <option key={one.id} value={one.id} selected={one.id === before?.agency}>
                {one.name}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="type">{t('draft.type')}</label>
          <select id="type" name="type" required>
            {TYPES.map((type) => (
              <option key={type} value={type} selected={type === before?.type}>
                {word('type', type)} ({type})
              </option>
            ))}
          </select>
        </div>
      </div>
      <div class="field">
        <label for="subject">{t('column.subject')}</label>
        <p class="hint" id="subject-hint">
          {t('draft.subject-hint', { left: SUBJECT_MOST - about.length })}
        </p>
        <textarea
          id="subject"
          name="subject"
          rows={3}
          required
          maxLength={SUBJECT_MOST}
          aria-describedby="subject-hint"
          defaultValue={before?.subject}
          onInput={(event) => about.setLength(event.currentTarget.value.length)}
        />
      </div>
      <fieldset>
        <legend>{t('draft.urgency')}</legend>
        <div class="row">
          {URGENCIES.map((one) => (
            <label class="check" key={one}>
              <input type="radio" name="urgency" value={one} defaultChecked={one === (before?.urgency ?? 'normal')} />
              {word('urgency', one)}
            </label>
          ))}
        </div>
      </fieldset>
      <Recipients all={all} chosen={about.chosen} choose={about.choose} />
      <div role="alert">{about.noRecipient && <p class="field-error">{t('draft.no-recipient')}</p>}</div>
    </>
  );
}
