import {
  CacheLookupPolicy,
  InteractionRequiredAuthError,
  PublicClientApplication,
} from '@azure/msal-browser';
import type { AccountInfo } from '@azure/msal-browser';
import type { Entra, Session } from './session.ts';

/** Sign-in with Entra ID: authorization code with PKCE, by Microsoft's own library. This file is loaded for that only. */
export interface EntraSignIn {
  /** Null before the user has signed in. */
  readonly session: Session | null;
  /** Leaves the page; it comes back with a session. */
  start(): Promise<void>;
}

const RETURN_TO = 'return-to';

export async function openEntra({ authority, clientId, scope }: Entra): Promise<EntraSignIn> {
  const application = new PublicClientApplication({
    auth: {
      ...{ clientId: clientId ?? '', authority },
      redirectUri: `${location.origin}/api/console`,
      // No question to Microsoft which clouds exist: the authority is the app's own setting.
      knownAuthorities: [new URL(authority).host],
    },
    cache: { cacheLocation: 'sessionStorage' },
  });
  await application.initialize();
  const redirect = await application.handleRedirectPromise({ navigateToLoginRequestUrl: false });
  if (redirect) returnToView();
  const account = redirect?.account ?? application.getAllAccounts()[0] ?? null;
  const start = async (): Promise<void> => {
    sessionStorage.setItem(RETURN_TO, location.hash);
    await application.loginRedirect({ scopes: [scope], prompt: 'select_account' });
  };
  return { session: account && sessionOf(application, account, scope, start), start };
}

/** The code has been in the fragment of the address, which otherwise names the view. */
function returnToView(): void {
  history.replaceState(null, '', `${location.pathname}${sessionStorage.getItem(RETURN_TO) ?? ''}`);
  sessionStorage.removeItem(RETURN_TO);
}

function sessionOf(
  application: PublicClientApplication,
  account: AccountInfo,
  scope: string,
  start: () => Promise<void>,
): Session {
  return {
    name: account.username === '' ? (account.name ?? null) : account.username,
    async headers() {
      try {
        const { accessToken } = await application.acquireTokenSilent({
          ...{ account, scopes: [scope] },
          // No hidden frame: the content security policy allows none.
          cacheLookupPolicy: CacheLookupPolicy.AccessTokenAndRefreshToken,
        });
        return { authorization: `Bearer ${accessToken}` };
      } catch (error) {
        if (error instanceof InteractionRequiredAuthError) await start();
        throw error;
      }
    },
    async end() {
      await application.clearCache({ account });
    },
  };
}
