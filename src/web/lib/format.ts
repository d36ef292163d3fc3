// SPDX-License-Identifier: Apache-2.0
const VIETNAM = 7 * 3_600_000;

const two = (value: number): string => String(value).padStart(2, '0');

function parts(text: string): Date | undefined {
  const time = Date.parse(text);
  // Shifted, so that the UTC getters give Vietnam's wall clock whatever the reader's zone is.
  return Number.isNaN(time) ? undefined : new Date(time + VIETNAM);
}

/** `2026-11-22` or a time → `22/11/2026`; what cannot be read is given back as it is. */
export function date(text: string | null | undefined): string {
  if (!text) return '';
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day) return `${day[3]}/${day[2]}/${day[1]}`;
  const at = parts(text);
  return at ? `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}` : text;
}

/** A time → `22/11/2026 17:43:30` in Vietnam (+07:00). */
export function time(text: string | null | undefined): string {
  if (!text) return '';
  const at = parts(text);
  if (!at) return text;
  return `${date(text)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** Today in Vietnam as `2026-11-22`, `days` later. */
export function isoDay(now: number, days = 0): string {
  return new Date(now + VIETNAM + days * 86_400_000).toISOString().slice(0, 10);
}

/** `1536` → `1,5 KB` with the comma of Vietnamese or the point of English. */
export function size(bytes: number, language: 'vi' | 'en'): string {
  if (bytes < 1024) return `${bytes} B`;
  const large = bytes >= 1024 * 1024;
  const value = bytes / (large ? 1024 * 1024 : 1024);
  const text = value.toFixed(1).replace('.', language === 'vi' ? ',' : '.');
  return `${text} ${large ? 'MB' : 'KB'}`;
}

/** The first sixteen characters of a digest in four groups: short enough to compare by eye. */
export function shortHash(hex: string): string {
  return (hex.slice(0, 16).match(/.{4}/g) ?? []).join(' ');
}

/** The common name of a distinguished name in RFC 4514 form. */
export function commonName(subject: string): string {
  const found = /(?:^|,|\+)\s*CN=((?:\\.|[^,+\\])*)/i.exec(subject);
  return found?.[1] ? found[1].replace(/\\([0-9a-f]{2}|.)/gi, '$1').trim() : subject;
}

/** `05/CT-UBND` → a file name that every system takes. */
export function fileName(code: string | null, id: string): string {
  const stem = (code ?? id).replace(/[\\/:*?"<>|\s]+/g, '-');
  return `${stem}.pdf`;
}

/** Folds marks, so that `so noi vu` finds `Sở Nội vụ`. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase();
}
