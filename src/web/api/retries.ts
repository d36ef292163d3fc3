// SPDX-License-Identifier: Apache-2.0
/**
 * Keys that let the service recognise a repeated request (Idempotency-Key). The same act gets the
 * same key until an answer is final, so that an act whose answer was lost is not done twice.
 */
export class Retries {
  private readonly open = new Map<string, { body: string; key: string }>();

  constructor(private readonly make: () => string) {}

  /** The key for an act on one version; another body is another act. */
  keyFor(act: string, body: string): string {
    const known = this.open.get(act);
    if (known && known.body === body) return known.key;
    const key = this.make();
    this.open.set(act, { body, key });
    return key;
  }

  /** `status` 0: no answer. Lost answers and 5xx leave the act open; everything else closes it. */
  answered(act: string, status: number): void {
    if (status >= 200 && status < 500) this.open.delete(act);
  }
}
