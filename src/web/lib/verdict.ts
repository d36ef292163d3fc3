// SPDX-License-Identifier: Apache-2.0
import type { Report, ReportSignature } from '../api/types';
import { reportWord } from './i18n';

export type Tone = 'good' | 'bad' | 'unsure';

export interface Question {
  name: 'intact' | 'document' | 'trusted';
  tone: Tone;
  /** Key in the report's catalogue. */
  answer: string;
}

export function toneOf(indication: string): Tone {
  if (indication === 'TOTAL-PASSED') return 'good';
  return indication === 'TOTAL-FAILED' || indication === 'MALFORMED' ? 'bad' : 'unsure';
}

/** The sentence that belongs to an indication with its sub-indication. */
export function sentenceKey(verdict: { indication: string; sub_indication: string | null }): string {
  if (verdict.sub_indication) return `sub.${verdict.sub_indication}`;
  return verdict.indication === 'TOTAL-PASSED' ? 'sub.TOTAL-PASSED' : `indication.${verdict.indication}`;
}

/** Three questions that are answered apart: broken content is not the same as an untrusted signer. */
export function questions(signature: ReportSignature): Question[] {
  const intact: Tone = signature.intact === null ? 'unsure' : signature.intact ? 'good' : 'bad';
  const changed: Tone =
    signature.document === null ? 'unsure' : signature.document === 'modified' ? 'bad' : 'good';
  return [
    { name: 'intact', tone: intact, answer: `intact.${signature.intact}` },
    { name: 'document', tone: changed, answer: `document.${signature.document}` },
    { name: 'trusted', tone: trust(signature), answer: trustAnswer(signature) },
  ];
}

const ABOUT_CONTENT = new Set([
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'SIGNED_DATA_NOT_FOUND',
  'SIG_CONSTRAINTS_FAILURE',
]);

const ABOUT_CERTIFICATE = new Set(['path', 'revocation', 'key-usage', 'extended-key-usage']);

function trust(signature: ReportSignature): Tone {
  if (signature.indication === 'TOTAL-PASSED') return 'good';
  if (!ABOUT_CONTENT.has(signature.sub_indication ?? '')) return toneOf(signature.indication);
  // The content failed: what is known of the signer's certificate still stands in the checks.
  const results = signature.checks.filter((check) => ABOUT_CERTIFICATE.has(check.name));
  if (results.some((check) => check.result === 'fail')) return 'bad';
  return results.some((check) => check.name === 'path' && check.result === 'pass') ? 'good' : 'unsure';
}

function trustAnswer(signature: ReportSignature): string {
  if (!ABOUT_CONTENT.has(signature.sub_indication ?? '')) return sentenceKey(signature);
  return `trusted.${trust(signature)}`;
}

function problemCode(problem: string): string {
  return problem.split(':', 1)[0]!;
}

/** `Tệp PDF bị mã hóa [pdf_encrypted: has /Encrypt]`; one without words as it is. */
export function problemText(problem: string): string {
  const key = `problem.${problemCode(problem)}`;
  const words = reportWord(key);
  return words === key ? problem : `${words} [${problem}]`;
}

type Overall = Pick<Report, 'overall' | 'problems'>;

function encrypted(report: Overall): boolean {
  return report.overall === 'MALFORMED' && problemCode(report.problems[0] ?? '') === 'pdf_encrypted';
}

/** An encrypted file is none that is broken, though neither can be judged. */
export function overallKey(report: Overall): string {
  return `overall.${encrypted(report) ? 'ENCRYPTED' : report.overall}`;
}

export function overallTone(report: Overall): Tone {
  return encrypted(report) ? 'unsure' : toneOf(report.overall);
}
