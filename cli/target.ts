import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import type { Target } from './client.ts';
import { CommandError } from './io.ts';
import type { Io } from './io.ts';

export interface TargetOptions {
  readonly app?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  readonly audience?: string | undefined;
  readonly 'function-app'?: string | undefined;
  readonly 'resource-group'?: string | undefined;
}

const HOW = `Name the app and the caller by one of these:
  --app URL --key KEY                  or ZILLIZ_PRIVATE_LINK_URL and ZILLIZ_PRIVATE_LINK_KEY
  --app URL --token TOKEN              or ZILLIZ_PRIVATE_LINK_TOKEN: an access token of Entra ID
  --app URL --audience URI             or ZILLIZ_PRIVATE_LINK_AUDIENCE: a token from the Azure CLI (az login)
  --function-app NAME --resource-group GROUP     address and key from the Azure CLI
  azd env select NAME                  all of it from the environment of azd, in its project`;

/** Finds the app and the caller's key or token: by options, by the environment, by `azd env`, and by `az`. */
export function findTarget(options: TargetOptions, { environment }: Pick<Io, 'environment'>): Target {
  const given = givenValues(options, environment);
  const isEnough = given.url !== undefined && (given.key ?? given.token ?? given.audience) !== undefined;
  const isNamed = given.name !== undefined && given.group !== undefined;
  const values = isEnough || isNamed ? given : { ...azdValues(), ...given };
  const { name, group } = values;
  const app = name !== undefined && group !== undefined ? { name, group } : null;
  const url = values.url ?? (app && `https://${hostNameOf(app)}`);
  if (url === null) throw new CommandError(`No app is named. ${HOW}`);
  return { baseUrl: checkedUrl(url), headers: headersOf(values, app) };
}

type Values = Partial<Record<'url' | 'key' | 'token' | 'audience' | 'name' | 'group', string>>;

function headersOf({ token, key, audience }: Values, app: FunctionApp | null): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${sendable('token', token)}` };
  if (key !== undefined) return { 'x-functions-key': sendable('key', key) };
  if (audience !== undefined) return { authorization: `Bearer ${tokenFor(audience)}` };
  if (app) return { 'x-functions-key': keyOf(app) };
  throw new CommandError(`No key or token is named. ${HOW}`);
}

/** Without the line break at the end of a file. An error about another one would show it. */
function sendable(what: string, secret: string): string {
  const text = secret.trim();
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new CommandError(
    `The ${what} has blanks, line breaks or letters that no ${what} has: copy it again, all of it and nothing else.`,
  );
}

/** Without those that are absent or empty. */
function present(values: Readonly<Record<keyof Values, string | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function givenValues(options: TargetOptions, environment: Io['environment']): Values {
  return present({
    url: options.app ?? environment.ZILLIZ_PRIVATE_LINK_URL,
    key: options.key ?? environment.ZILLIZ_PRIVATE_LINK_KEY,
    token: options.token ?? environment.ZILLIZ_PRIVATE_LINK_TOKEN,
    audience: options.audience ?? environment.ZILLIZ_PRIVATE_LINK_AUDIENCE,
    name: options['function-app'] ?? environment.ZILLIZ_PRIVATE_LINK_FUNCTION_APP,
    group: options['resource-group'] ?? environment.ZILLIZ_PRIVATE_LINK_RESOURCE_GROUP,
  });
}

/** Key and token leave this machine only encrypted. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new CommandError(`${text} is not the address of an app, e.g. https://NAME.azurewebsites.net`);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !isHere)
    throw new CommandError(`${text} is not encrypted: use https, so that no one on the way reads the key.`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/api$/, '')}`;
}

/** `azd env get-values` prints lines of NAME="value". Without azd, or outside of its projects, there are none. */
function azdValues(): Values {
  const { status, stdout } = programOutput('azd', ['env', 'get-values']);
  if (status !== 0) return {};
  const lines = new Map(
    stdout.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const [, name, value] = /^([A-Z_][A-Z0-9_]*)="(.*)"\r?$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
  return present({
    ...{ url: lines.get('API_URL'), audience: lines.get('ENTRA_AUDIENCE') },
    ...{ name: lines.get('FUNCTION_APP_NAME'), group: lines.get('AZURE_RESOURCE_GROUP') },
    ...{ key: undefined, token: undefined },
  });
}

interface FunctionApp {
  readonly name: string;
  readonly group: string;
}

function hostNameOf({ name, group }: FunctionApp): string {
  const query = ['--query', 'properties.defaultHostName || defaultHostName'];
  return az(['functionapp', 'show', '--name', name, '--resource-group', group, ...query], z.string());
}

function keyOf({ name, group }: FunctionApp): string {
  const command = ['functionapp', 'keys', 'list', '--name', name, '--resource-group', group];
  return az([...command, '--query', 'functionKeys.default'], z.string());
}

function tokenFor(audience: string): string {
  return az(['account', 'get-access-token', '--resource', audience, '--query', 'accessToken'], z.string());
}

function az<T>(command: readonly string[], schema: z.ZodType<T>): T {
  const { status, stdout, stderr } = programOutput('az', [
    ...command,
    '--only-show-errors',
    '--output',
    'json',
  ]);
  const [called] = command.join(' ').split(' --');
  if (status !== 0) throw new CommandError(`az ${called} failed: ${stderr.trim()}\n${HOW}`);
  // A query that finds nothing prints nothing.
  const parsed = schema.safeParse(stdout.trim() === '' ? null : JSON.parse(stdout));
  if (!parsed.success) throw new CommandError(`az ${called} printed nothing of use.\n${HOW}`);
  return parsed.data;
}

const LIMIT_MS = 60_000;

function programOutput(
  program: string,
  parameters: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  // On Windows both are command files, which only a shell can start.
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    ...{ encoding: 'utf8', shell: process.platform === 'win32', timeout: LIMIT_MS },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return error ? { status: null, stdout: '', stderr: error.message } : { status, stdout, stderr };
}
