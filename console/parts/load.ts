import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api.ts';

export interface Loaded<T> {
  /** The last value that could be read; null before the first. */
  readonly value: T | null;
  /** Why the last reading failed; null when it did not. */
  readonly failure: ApiError | null;
  readonly reload: () => Promise<void>;
}

/** Reads, and reads again after `pauseOf` the last value, while the page is visible. Null: not again. */
export function useLoaded<T>(read: () => Promise<T>, pauseOf: (value: T | null) => number | null): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; failure: ApiError | null }>({
    value: null,
    failure: null,
  });
  const latest = useRef({ read, pauseOf });
  latest.current = { read, pauseOf };
  const turn = useRef(0);
  const reload = useCallback(async () => {
    const own = ++turn.current;
    const next = await latest.current.read().then(
      (value) => ({ value, failure: null }),
      (error: unknown) => ({ failure: failureOf(error) }),
    );
    // An older reading that comes late does not replace a newer one.
    if (own === turn.current) setState((old) => ({ ...old, ...next }));
  }, []);
  useEffect(() => {
    void reload();
    return () => {
      turn.current += 1;
    };
  }, [reload]);
  useEffect(() => {
    const pause = latest.current.pauseOf(state.value);
    if (pause === null || (state.failure && state.value === null)) return;
    const timer = setTimeout(() => {
      if (!document.hidden) void reload();
    }, pause);
    const onShow = (): void => {
      if (!document.hidden) void reload();
    };
    document.addEventListener('visibilitychange', onShow);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onShow);
    };
  }, [state, reload]);
  return { ...state, reload };
}

/** A key or token that the app no longer accepts ends the session. */
export function useRefused(failure: ApiError | null, refused: () => void): void {
  useEffect(() => {
    if (failure?.status === 401) refused();
  }, [failure]);
}

function failureOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, null, error instanceof Error ? error.message : String(error));
}

/** One act of the user at a time, with its failure. */
export function useAct(): {
  readonly busy: boolean;
  readonly failure: ApiError | null;
  readonly run: (act: () => Promise<void>) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  return {
    ...{ busy, failure },
    async run(act) {
      setBusy(true);
      setFailure(null);
      try {
        await act();
      } catch (error) {
        setFailure(failureOf(error));
      } finally {
        setBusy(false);
      }
    },
  };
}
