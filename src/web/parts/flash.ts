// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';
import type { Problem } from '../api/http';

/** What went wrong on the way to a page, shown there once. */
export const flash = signal<{ about: string; problem: Problem } | null>(null);
