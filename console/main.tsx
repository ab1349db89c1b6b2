import { render } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { anonymous, openApi } from './api.ts';
import type { Api, SignIn } from './api.ts';
import { keySession } from './session.ts';
import type { Session } from './session.ts';
import { ConnectView } from './views/connect.tsx';
import { ConnectionPage } from './views/connection.tsx';
import { ListView } from './views/list.tsx';
import { SignedOut } from './views/signedOut.tsx';

/** The views by their address, which is the fragment: the app serves one page. */
function useView(): string {
  const [view, setView] = useState(location.hash);
  useEffect(() => {
    const onChange = (): void => setView(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return view;
}

function Console(): JSX.Element {
  const [signIn, setSignIn] = useState<SignIn | null>(null);
  const [session, setSession] = useState<Session | null>(null);
  const [refused, setRefused] = useState<number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    anonymous.signIn().then(
      ({ value: found }) => {
        if (found.mode === 'function-key') setSession(keySession());
        setSignIn(found);
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  const api = useMemo(() => session && openApi(session), [session]);
  const end = (status: number | null): void => {
    setRefused(status);
    void session?.end().then(() => setSession(null));
  };
  if (!session || !api) {
    const start = (next: Session): void => {
      setRefused(null);
      setSession(next);
    };
    return (
      <Frame session={null}>
        <SignedOut {...{ signIn, refused, failure, start }} />
      </Frame>
    );
  }
  return (
    <Frame session={session} end={() => end(null)}>
      <View api={api} refused={() => end(401)} />
    </Frame>
  );
}

function View({ api, refused }: { api: Api; refused: () => void }): JSX.Element {
  const view = useView();
  const [, id] = /^#\/connections\/([\w-]+)$/.exec(view) ?? [];
  if (id !== undefined) return <ConnectionPage key={id} {...{ api, id, refused }} />;
  if (view.startsWith('#/connect?') || view === '#/connect') return <ConnectView {...{ api, refused }} />;
  return <ListView {...{ api, refused }} />;
}

interface FrameOptions {
  readonly session: Session | null;
  readonly end?: () => void;
  readonly children: JSX.Element;
}

function Frame({ session, end, children }: FrameOptions): JSX.Element {
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        To the content
      </a>
      <header class="bar">
        <a class="brand" href="#/">
          <span class="mark" aria-hidden="true" />
          <span>
            Private Link <span class="brand-more">for Zilliz Cloud</span>
          </span>
        </a>
        {session && (
          <nav aria-label="Views">
            <a href="#/">Connections</a>
            <a href="#/connect">Connect</a>
            {session.name !== null && <span class="who">{session.name}</span>}
            <button type="button" class="plain" onClick={end}>
              Sign out
            </button>
          </nav>
        )}
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** The fragment names the view, so the link moves the focus itself. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

const root = document.getElementById('console');
if (root) render(<Console />, root);
