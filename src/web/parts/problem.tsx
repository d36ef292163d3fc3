// SPDX-License-Identifier: Apache-2.0
import type { Problem } from '../api/http';
import { time } from '../lib/format';
import { reason, t, word } from '../lib/i18n';

/** Times among the parameters are shown as people write them. */
function readable(problem: Problem) {
  return Object.fromEntries(
    Object.entries(problem.params).map(([name, value]) => [
      name,
      /^\d{4}-\d\d-\d\dT/.test(String(value)) ? time(String(value)) : value,
    ]),
  );
}

export function problemText(problem: Problem): string {
  const known = reason(problem.code, readable(problem)) ?? problem.detail;
  if (known) return known;
  return `${word('status', String(problem.status))} (${problem.code})`;
}

export function ProblemBox({ problem, retry }: { problem: Problem | undefined; retry?: () => void }) {
  return (
    <div role="alert" class="live">
      {problem && problem.code !== 'cancelled' && (
        <div class="note bad">
          <strong>{t('error.prefix')}</strong> {problemText(problem)}
          {problem.trace && problem.status >= 500 && <div class="small">{t('error.trace', { trace: problem.trace })}</div>}
          {retry && (
            <div>
              <button type="button" onClick={retry}>
                {t('act.retry')}
              </button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}
