import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isConnectionId } from '../../domain/connection/names.ts';
import { CONSOLE, viewOf } from '../views/links.ts';

/** How people sign in at the console. It holds nothing secret: an application's ID is public. */
export const signInSchema = z
  .discriminatedUnion('mode', [
    z.object({ mode: z.literal('function-key') }),
    z.object({
      mode: z.literal('entra'),
      authority: z.string().meta({ description: '`https://login.microsoftonline.com/<tenant ID>`' }),
      clientId: z
        .string()
        .nullable()
        .meta({ description: 'Null when `ENTRA_AUDIENCE` does not name the application' }),
      scope: z.string(),
    }),
    z
      .object({ mode: z.literal('unknown') })
      .meta({ description: 'The settings are wrong, and `GET /api/health` names them' }),
  ])
  .meta({ id: 'SignIn' });

type SignIn = Readonly<z.infer<typeof signInSchema>>;

/** People sign in to the application that the tokens are for. */
export function signInOf(
  entra: { readonly authority: string; readonly tenantId: string; readonly audience: string } | null,
): SignIn {
  if (!entra) return { mode: 'function-key' };
  const { authority, tenantId, audience } = entra;
  const [clientId = null] = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(audience) ?? [];
  return { mode: 'entra', authority: `${authority}/${tenantId}`, clientId, scope: `${audience}/.default` };
}

interface ConsoleFiles {
  /** Where the build has put the files; null where they are not built. */
  readonly folder: string | null;
  readonly signIn: SignIn;
}

export function consoleHandlers(files: ConsoleFiles) {
  return { console: consolePage(files), consoleFile: consoleFile(files), signIn: signIn(files) };
}

/** `GET /api/sign-in`, which the console asks before it has a key or token. */
function signIn({ signIn: how }: ConsoleFiles): HttpHandler {
  return () => ({ status: 200, headers: { ...security, 'cache-control': 'no-cache' }, jsonBody: how });
}

/** `GET /api/console`: the page. It is the same for every caller and holds no data, so it needs no key. */
function consolePage({ folder, signIn }: ConsoleFiles): HttpHandler {
  return async (request) => {
    const connect = signIn.mode === 'entra' ? ` ${new URL(signIn.authority).origin}` : '';
    return fileResponse(request, folder, 'index.html', {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': [
        "default-src 'none'",
        ...["script-src 'self'", "style-src 'self'", "img-src 'self'", `connect-src 'self'${connect}`],
        ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
        "require-trusted-types-for 'script'",
      ].join('; '),
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
  };
}

const contentTypes: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** `GET /api/console/{file}`: a part of the page, whose name has the hash of its content. */
function consoleFile({ folder }: ConsoleFiles): HttpHandler {
  return async (request) => {
    const { file = '' } = request.params;
    const [, ending = ''] = /^[\w-]+-[0-9A-Z]{8}\.(js|css|svg)$/.exec(file) ?? [];
    const type = contentTypes[ending];
    if (type === undefined) return { status: 404, headers: security };
    return fileResponse(request, folder, file, {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  };
}

const security = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' } as const;

/** Each file lies there twice, plain and compressed: the host compresses nothing. */
async function fileResponse(
  request: HttpRequest,
  folder: string | null,
  name: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpResponseInit> {
  const isCompressed = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  try {
    if (folder === null) throw new Error('The console is not built.');
    const body = await readFile(join(folder, isCompressed ? `${name}.gz` : name));
    return {
      status: 200,
      headers: {
        ...{ ...security, ...headers, vary: 'accept-encoding' },
        ...(isCompressed && { 'content-encoding': 'gzip' }),
      },
      body,
    };
  } catch {
    // A page of an older version asks for files that are no longer there.
    return { status: 404, headers: { ...security, 'cache-control': 'no-store' } };
  }
}

/** Sends a browser that asks for data to the console, before it is asked for a token. Other clients get the data. */
export function browsersToConsole(handler: HttpHandler): HttpHandler {
  return (request, context) => {
    if (!isBrowser(request)) return handler(request, context);
    const { id } = request.params;
    const place = id !== undefined && isConnectionId(id) ? viewOf(id) : '';
    return {
      status: 302,
      headers: { location: `${CONSOLE}${place}`, 'cache-control': 'no-store', vary: 'accept', ...security },
    };
  };
}

/** Browsers accept HTML before anything else. */
function isBrowser(request: HttpRequest): boolean {
  const [first = ''] = (request.headers.get('accept') ?? '').split(',');
  return first.trim().toLowerCase().startsWith('text/html');
}
