// SPDX-License-Identifier: Apache-2.0
import type { Outgoing } from '../api/types';
import { time } from './format';
import { t } from './i18n';

/** What is said after signing: a time-stamp only when there is one. */
export function signedText(now: Outgoing): string {
  return t(now.awaitingTimestamp ? 'sign.done-without-timestamp' : 'sign.done', { time: time(now.changed) });
}
