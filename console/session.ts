import type { SignIn } from './api.ts';

/** The signed-in user, until the tab is closed. */
export interface Session {
  /** How the session is shown; null where there is no name. */
  readonly name: string | null;
  /** What each request to the API carries. */
  headers(): Promise<Readonly<Record<string, string>>>;
  end(): Promise<void>;
}

const KEY = 'x-functions-key';

/** The session by function key that this tab has; null before the key is entered. */
export function keySession(): Session | null {
  const key = sessionStorage.getItem(KEY);
  return key === null ? null : sessionOf(key);
}

/** The key is kept for this tab only, and goes into a header: an address would be logged on its way. */
export function startKeySession(key: string): Session {
  sessionStorage.setItem(KEY, key);
  return sessionOf(key);
}

function sessionOf(key: string): Session {
  return {
    name: null,
    headers: () => Promise.resolve({ [KEY]: key }),
    end() {
      sessionStorage.removeItem(KEY);
      return Promise.resolve();
    },
  };
}

export type Entra = Extract<SignIn, { mode: 'entra' }>;
