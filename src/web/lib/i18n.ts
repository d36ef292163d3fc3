// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';
import en from '../messages/en.json';
import vi from '../messages/vi.json';
import reasonsEn from '../../edge/http/messages/en.json';
import reasonsVi from '../../edge/http/messages/vi.json';
import wordsEn from '../../edge/http/words/en.json';
import wordsVi from '../../edge/http/words/vi.json';
import reportEn from '../../trust/report/messages/en.json';
import reportVi from '../../trust/report/messages/vi.json';

export type Language = 'vi' | 'en';
export type Key = keyof typeof vi;
export type Params = Record<string, string | number>;
type Catalogue = Record<string, string>;

const STORED = 'congvan.language';
const own: Record<Language, Catalogue> = { vi, en };
const reasons: Record<Language, Catalogue> = { vi: reasonsVi, en: reasonsEn };
const words: Record<Language, Catalogue> = { vi: wordsVi, en: wordsEn };
const reports: Record<Language, Catalogue> = { vi: reportVi, en: reportEn };

function stored(): Language {
  return globalThis.localStorage?.getItem(STORED) === 'en' ? 'en' : 'vi';
}

export const language = signal<Language>(stored());

export function useLanguage(next: Language): void {
  language.value = next;
  globalThis.localStorage?.setItem(STORED, next);
  document.documentElement.lang = next;
}

/**
 * Puts `params` into the `{name}` places of a text; a place without a value stays, so that it is seen.
 * What stands in square brackets is said only when its parameters are known. `{group.name}` is filled with the service's word
 * for the value of `name`.
 */
export function fill(text: string, params: Params = {}): string {
  const known = text.replace(/\[([^\]]*)\]/g, (_, part: string) =>
    [...part.matchAll(/\{(?:\w+\.)?(\w+)\}/g)].every((place) => place[1]! in params) ? part : '',
  );
  return known.replace(/\{(\w+\.)?(\w+)\}/g, (place, group: string | undefined, name: string) => {
    if (!(name in params)) return place;
    const value = String(params[name]);
    return (group && words[language.value][group + value]) ?? value;
  });
}

export function t(key: Key, params?: Params): string {
  return fill(own[language.value][key] ?? key, params);
}

/** The word for one of the service's own names (`state.draft`); the name itself when it is new here. */
export function word(group: string, name: string): string {
  return own[language.value][`${group}.${name}`] ?? name;
}

/** The service's sentence for a refusal, or undefined. */
export function reason(code: string, params?: Params): string | undefined {
  const text = reasons[language.value][code] ?? own[language.value][`reason.${code}`];
  return text === undefined ? undefined : fill(text, params);
}

/** The words of a verification report, the same as on the service's own page. */
export function reportWord(key: string): string {
  return reports[language.value][key] ?? key;
}
