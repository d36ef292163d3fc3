// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api/http';
import { t } from '../lib/i18n';

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  reload: () => Promise<void>;
}

/** Anything thrown that is no refusal of the service is a defect of the page: it goes to the console too. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  console.error(thrown);
  return new Problem(0, 'page_defect');
}

/** Loads for `key`; an answer that comes after the key changed is dropped. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, set] = useState<{ key: string; data?: T; problem?: Problem }>({ key });
  const newest = useRef(0);
  const run = async () => {
    const mine = (newest.current += 1);
    try {
      const data = await load();
      if (mine === newest.current) set({ key, data });
    } catch (thrown) {
      if (mine === newest.current) set((old) => ({ key, data: old.data, problem: asProblem(thrown) }));
    }
  };
  useEffect(() => {
    set({ key });
    void run();
    return () => {
      newest.current += 1;
    };
  }, [key]);
  return { data: state.key === key ? state.data : undefined, problem: state.problem, reload: run };
}

/** The title of the window and the focus on the page's heading, as a page load would give. */
export function usePageTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${t('app.name')}`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}

export interface Running {
  busy: boolean;
  problem: Problem | undefined;
  run: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

/** One act at a time, with its refusal. `run` answers whether it went through. */
export function useAct(): Running {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef(false);
  const run = async (work: () => Promise<void>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem(undefined) };
}
