import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ProblemView } from '../../../model/views/list.ts';
import { asProblem } from './client.ts';

export interface Fetched<T> {
  readonly data: T | null;
  readonly problem: ProblemView | null;
  readonly again: () => void;
}

/**
 * Fetches when `key` changes, and again on demand, every `everyMs`, or when `version` moves. What is shown stays until
 * the new answer is here; a failed renewal keeps it and tells the problem.
 */
export function useFetched<T>(
  key: string,
  fetcher: (signal: AbortSignal) => Promise<T>,
  { everyMs = 0, version = 0 }: { everyMs?: number; version?: number } = {},
): Fetched<T> {
  const [state, setState] = useState<{ key: string; data: T | null; problem: ProblemView | null }>({
    key,
    data: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(fetcher);
  latest.current = fetcher;
  // Turn and version ask for the same thing again.
  useEffect(() => {
    const stop = new AbortController();
    latest
      .current(stop.signal)
      .then((data) => setState({ key, data, problem: null }))
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        setState((was) => ({ key, data: was.key === key ? was.data : null, problem: asProblem(error) }));
      });
    return () => stop.abort();
  }, [key, turn, version]);
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => setTurn((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  return state.key === key
    ? { data: state.data, problem: state.problem, again }
    : { data: null, problem: null, again };
}
