import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { anonymous } from '../api.ts';
import type { SignIn } from '../api.ts';
import type { EntraSignIn } from '../entra.ts';
import { Heading, Notice, Waiting } from '../parts/common.tsx';
import { startKeySession } from '../session.ts';
import type { Entra, Session } from '../session.ts';

interface SignedOutOptions {
  readonly signIn: SignIn | null;
  /** The status by which the app refused the last session. */
  readonly refused: number | null;
  readonly failure: string | null;
  readonly start: (session: Session) => void;
}

/** Before a session: how to begin one, or why that is not possible. */
export function SignedOut({ signIn, refused, failure, start }: SignedOutOptions): JSX.Element {
  if (failure !== null) {
    return (
      <div class="narrow">
        <Heading title="The app does not respond" />
        <Notice kind="error" title="This page is there, and the app behind it is not">
          <p>{failure}</p>
          <p>
            Check that the function app is running, and that this browser is in a network that reaches it.
          </p>
        </Notice>
      </div>
    );
  }
  if (!signIn) return <Waiting what="Loading" />;
  switch (signIn.mode) {
    case 'unknown':
      return <WrongSettings />;
    case 'entra':
      return <EntraForm {...{ signIn, refused, start }} />;
    case 'function-key':
      return <KeyForm {...{ refused, start }} />;
  }
}

function KeyForm({ refused, start }: Pick<SignedOutOptions, 'refused' | 'start'>): JSX.Element {
  const [key, setKey] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (key.trim() !== '') start(startKeySession(key.trim()));
  };
  return (
    <div class="narrow">
      <Heading title="Sign in with a function key" />
      {refused !== null && (
        <Notice kind="error" title="The app does not accept this key">
          <p>It may have been renewed, or belong to another app. Look it up again as described below.</p>
        </Notice>
      )}
      <form class="card" onSubmit={submit}>
        <label for="key">Function key</label>
        <input
          {...{ id: 'key', type: 'password', autocomplete: 'off', spellcheck: false, required: true }}
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
          aria-describedby="key-use"
        />
        <p id="key-use" class="quiet">
          It is kept for this tab only, and sent to this app in a header. It is never part of an address.
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
      <section class="help">
        <h2>Where the key is</h2>
        <p>Azure portal: the function app → Functions → App keys → Host keys → default. Or:</p>
        <pre tabIndex={0}>
          {
            'az functionapp keys list --resource-group <group> --name <app> \\\n  --query functionKeys.default --output tsv'
          }
        </pre>
      </section>
    </div>
  );
}

type EntraOptions = Pick<SignedOutOptions, 'refused' | 'start'> & { readonly signIn: Entra };

function EntraForm({ signIn, refused, start }: EntraOptions): JSX.Element {
  const [entra, setEntra] = useState<EntraSignIn | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const isKnown = signIn.clientId !== null;
  useEffect(() => {
    if (!isKnown) return;
    import('../entra.ts')
      .then(({ openEntra }) => openEntra(signIn))
      .then(
        (opened) => {
          if (opened.session && refused === null) start(opened.session);
          else setEntra(opened);
        },
        (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
      );
  }, []);
  if (!isKnown) return <NoApplication />;
  if (!entra && failure === null) return <Waiting what="Asking Microsoft Entra ID" />;
  const begin = (): void => {
    if (!entra) location.reload();
    entra?.start().catch((error: unknown) => setFailure(String(error)));
  };
  return (
    <div class="narrow">
      <Heading title="Sign in" />
      {refused !== null && (
        <Notice kind="error" title="The app does not accept this sign-in">
          <p>
            The token is not for this app, or no longer valid. Sign in again; if that changes nothing, the
            audience of the app (ENTRA_AUDIENCE) is not that of the tokens.
          </p>
        </Notice>
      )}
      {failure !== null && (
        <Notice kind="error" title="The sign-in did not succeed">
          <p>{failure}</p>
          <p>
            The application needs this page as a redirect address of the kind single-page application, and you
            need one of its roles (docs/how-to/console.md).
          </p>
        </Notice>
      )}
      <div class="card">
        <p>This app accepts accounts of its own tenant that have one of its roles.</p>
        <button type="button" class="primary" onClick={begin}>
          Sign in with Microsoft
        </button>
      </div>
    </div>
  );
}

function NoApplication(): JSX.Element {
  return (
    <div class="narrow">
      <Heading title="The console does not know its application" />
      <Notice kind="error" title="ENTRA_AUDIENCE does not name an application">
        <p>
          People sign in to the application that the tokens are for. Set <code>ENTRA_AUDIENCE</code> to its
          application ID, or to <code>api://&lt;application ID&gt;</code>. The API itself works as it is.
        </p>
      </Notice>
    </div>
  );
}

function WrongSettings(): JSX.Element {
  const [health, setHealth] = useState<Awaited<ReturnType<typeof anonymous.misconfigured>>>(null);
  useEffect(() => {
    // Without it the page says what to do all the same.
    anonymous.misconfigured().then(setHealth, () => undefined);
  }, []);
  return (
    <div class="narrow">
      <Heading title="The app is not configured" />
      <Notice kind="error" title="Settings are missing or wrong">
        <ul>
          {health?.settings.map(({ name, fault }) => (
            <li key={name + fault}>
              <code>{name}</code> {fault}
            </li>
          ))}
        </ul>
        <p>
          <strong>What to do: </strong>correct them in the Azure portal (the function app → Settings →
          Environment variables), or in the parameters of the deployment, and load this page again.
          docs/reference/settings.md describes each.
        </p>
      </Notice>
    </div>
  );
}
