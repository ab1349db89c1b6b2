import { isIP } from 'node:net';
import * as z from 'zod';
import { parseResourceId, parseResourceGroupId } from './domain/connection/resourceId.ts';
import { schemaMessages } from './domain/connection/request.ts';
import { defaultZillizStatuses } from './domain/resources/registration.ts';

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const httpsUrl = z
  .url({ protocol: /^https$/, error: 'must be an https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

const wordList = (defaults: readonly string[]) => z.string().default(defaults.join(',')).transform(list);

const MOST_DECLARED = 20;

function jsonList(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return z.array(z.unknown()).safeParse(value).data ?? null;
  } catch {
    return null;
  }
}

/** A subscription, a resource group or a resource, as an ARM ID prefix. */
function isScope(text: string): boolean {
  return (
    /^\/subscriptions\/[0-9a-f-]{36}\/?$/i.test(text) ||
    parseResourceGroupId(text) !== null ||
    parseResourceId(text) !== null
  );
}

/** `address`, `address:port` or `[address]:port`, in the form that Node's resolver accepts. */
function isDnsServer(text: string): boolean {
  const [, bracketed, plain = '', port = '53'] =
    /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isAddress = bracketed === undefined ? isIP(text) === 6 || isIP(plain) === 4 : isIP(bracketed) === 6;
  return isAddress && Number(port) <= 65_535;
}

/** Six fields of numbers, names, ranges, lists and steps. The host checks it completely. */
const ncrontab = /^[\d*,/-]+( [\d*,/a-z-]+){5}$/i;

/** An allow list: `*` for everything, otherwise comma-separated. */
const allowed = (isValid: (entry: string) => boolean, error: string) =>
  z
    .string()
    .default('*')
    .refine((text) => text.trim() === '*' || (list(text).length > 0 && list(text).every(isValid)), { error })
    .transform((text) => (text.trim() === '*' ? null : list(text)));

const settingsShape = z.object({
  KEY_VAULT_URL: httpsUrl.meta({
    description: 'Vault that holds the Zilliz API keys, e.g. https://NAME.vault.azure.net',
  }),
  ZILLIZ_API_KEY_SECRET: z
    .string()
    .regex(/^[0-9A-Za-z-]{1,60}$/, 'must be the name of a Key Vault secret')
    .default('zilliz-api-key')
    .meta({ description: 'Secret with the default API key; `<name>-<projectId>` comes before it' }),
  AZURE_CLIENT_ID: z
    .guid()
    .optional()
    .meta({ description: 'Client ID of the user-assigned identity; absent: the system-assigned one' }),
  AZURE_CREDENTIAL: z
    .enum(['managed-identity', 'developer'])
    .default('managed-identity')
    .meta({ description: '`developer` takes the credentials of a developer machine (Azure CLI and others)' }),
  AZURE_AUTHORITY_HOST: httpsUrl.optional().meta({ description: 'Entra ID of a national cloud' }),
  ARM_ENDPOINT: httpsUrl
    .default('https://management.azure.com')
    .meta({ description: 'Azure Resource Manager' }),
  ARM_SCOPE: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Token scope for it; default `<ARM_ENDPOINT>/.default`' }),
  ZILLIZ_API_URL: httpsUrl
    .default('https://api.cloud.zilliz.com')
    .meta({ description: 'Control plane of Zilliz Cloud' }),
  ZILLIZ_READY_WORDS: wordList(defaultZillizStatuses.ready).meta({
    description: 'Statuses that Zilliz shows for an endpoint that is ready',
  }),
  ZILLIZ_FAILED_WORDS: wordList(defaultZillizStatuses.failed).meta({
    description: 'Parts of the statuses that Zilliz shows for an endpoint that failed',
  }),
  ALLOWED_PROJECTS: allowed(
    (entry) => /^[A-Za-z0-9_-]+$/.test(entry),
    'must be * or project IDs, comma-separated',
  ).meta({
    description: 'Zilliz projects that callers may name; nothing is written in others',
  }),
  ALLOWED_SCOPES: allowed(isScope, 'must be * or ARM ID prefixes, comma-separated').meta({
    description: 'ARM ID prefixes that callers may name; nothing is written outside',
  }),
  SWEEP_SCHEDULE: z
    .string()
    .regex(ncrontab, 'must be an NCRONTAB expression of six fields, e.g. 0 */15 * * * *')
    .default('0 */15 * * * *')
    .meta({ description: 'When sync checks the records of all connections, as NCRONTAB' }),
  RECORD_REMOVAL_DELAY_HOURS: z.coerce
    .number('must be a number of hours')
    .min(0, 'must be 0 or more')
    .max(8760, 'must be 8760 at most')
    .default(24)
    .meta({ description: 'How long a record is kept after its cluster was deleted, in hours' }),
  AUTH_MODE: z.enum(['function-key', 'entra']).default('function-key').meta({
    description: '`entra`: the app itself requires an access token with app roles',
  }),
  ENTRA_TENANT_ID: z.guid().optional().meta({ description: 'Tenant of the callers, with `AUTH_MODE=entra`' }),
  ENTRA_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Audience of their tokens: the application ID or its URI, with `AUTH_MODE=entra`' }),
  VERIFY_DNS_SERVERS: z
    .string()
    .default('')
    .refine(
      (text) => list(text).every(isDnsServer),
      'must be IP addresses with or without port, comma-separated',
    )
    .transform(list)
    .meta({
      description:
        'Resolvers for the verification, `address[:port]`, comma-separated; default: those of the system',
    }),
  VERIFY_CONNECT_PROXY: z
    .url({ protocol: /^http$/, error: 'must be an http URL' })
    .optional()
    .meta({ description: 'HTTP CONNECT proxy for the verification' }),
  VNET_INTEGRATION: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({
      description:
        '`true` when the app is integrated into the virtual network: the verification then runs inside it',
    }),
  CONNECTIONS: z
    .string()
    .default('[]')
    .transform((text, context) => {
      const bodies = jsonList(text);
      if (bodies && bodies.length <= MOST_DECLARED) return bodies;
      context.addIssue({
        code: 'custom',
        message: `must be a JSON list of at most ${MOST_DECLARED} requests`,
      });
      return z.NEVER;
    })
    .meta({
      description:
        'Connections that the sweep starts, each once: a JSON list of bodies of `POST /api/connections`, 20 at most',
    }),
  PUBLIC_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({
      description:
        'Address of the app as its callers know it, for the links in responses; absent: `https://` and WEBSITE_HOSTNAME, which Azure sets',
    }),
  EVENT_QUEUE: z
    .string()
    .regex(/^[a-z0-9](?:-?[a-z0-9]){2,62}$/, 'must be the name of a storage queue')
    .optional()
    .meta({
      description:
        "Queue of the host's storage that cluster events come over; absent: Event Grid calls the app",
    }),
});

/** Each setting of the app: its name, format and default. docs/reference/settings.md is generated from it. */
export const settingsSchema = settingsShape.superRefine((settings, context) => {
  if (settings.AUTH_MODE !== 'entra') return;
  for (const name of ['ENTRA_TENANT_ID', 'ENTRA_AUDIENCE'] as const) {
    if (settings[name] === undefined) {
      context.addIssue({ code: 'custom', path: [name], message: 'is missing, and AUTH_MODE=entra needs it' });
    }
  }
});

export type Settings = z.output<typeof settingsSchema>;

export type ReadSettings =
  | { readonly ok: true; readonly settings: Settings }
  /** Names and faults of the settings; never a value. */
  | { readonly ok: false; readonly faults: readonly { readonly name: string; readonly fault: string }[] };

/** Reads and validates the environment, all faults at once. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): ReadSettings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const { WEBSITE_HOSTNAME: hostname } = given;
  const present = { ...(hostname !== undefined && { PUBLIC_BASE_URL: `https://${hostname}` }), ...given };
  const parsed = settingsSchema.safeParse(present, { error: schemaMessages });
  if (parsed.success) return { ok: true, settings: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(({ path, message, code }) => ({
      name: String(path[0]),
      fault: code === 'invalid_type' && !(String(path[0]) in present) ? 'is missing' : message,
    })),
  };
}

const HOUR_MS = 3_600_000;

/** The longest time between two runs of an NCRONTAB schedule, estimated from its first fields that are not `*`. */
export function sweepIntervalMs(schedule: string): number {
  const [, minute = '*', hour = '*', ...days] = schedule.split(/\s+/);
  if (days.some((field) => field !== '*')) return 7 * 24 * HOUR_MS;
  const hours = stepOf(hour);
  if (hour !== '*') return (hours ?? 24) * HOUR_MS;
  const minutes = minute === '*' ? 1 : stepOf(minute);
  return minutes === null ? HOUR_MS : minutes * 60_000;
}

/** The step of a field such as `*` + `/15`; null for any other. */
function stepOf(field: string): number | null {
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  return step === undefined ? null : Number(step);
}
