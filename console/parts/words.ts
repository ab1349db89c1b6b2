import { statusTable } from '../../src/domain/connection/statusTable.ts';
import type { ConnectionStatus } from '../../src/domain/connection/statusTable.ts';
import { phases } from '../../src/domain/run/phase.ts';
import type { PhaseName } from '../../src/domain/run/phase.ts';
import type { ConnectionView } from '../api.ts';

export type Tone = (typeof statusTable)[ConnectionStatus]['colour'];

export function toneOf(status: ConnectionStatus): Tone {
  return statusTable[status].colour;
}

/** The meaning of a status as plain text: the table writes names of fields in backquotes. */
export function meaningOf(status: ConnectionStatus): string {
  return statusTable[status].meaning.replaceAll('`', '');
}

/** What a phase does, as one reads it beside a mark. */
export const phaseWords: Readonly<Record<PhaseName, string>> = {
  preflight: 'Check everything, before anything is written',
  'authorize-subscription': 'Put the subscription on Zilliz’s whitelist',
  'create-endpoint': 'Create the private endpoint',
  'register-endpoint': 'Register it with Zilliz',
  'await-allocation': 'Wait until Zilliz allocates the private link',
  'configure-dns': 'Write zone and records, then link the network',
  verify: 'Verify name, port and certificate',
  'public-access': 'Look at the public addresses',
  'take-stock': 'Read what is there',
  'remove-links': 'Remove the network links',
  'remove-records': 'Remove the records',
  'remove-zones': 'Remove the zone, if no other connection needs it',
  'unregister-endpoint': 'Remove the registration at Zilliz',
  'delete-endpoint': 'Delete the private endpoint',
  'check-removal': 'Check that all is gone',
};

/** Fields of the form, by their pointer in the body of the request. */
export const fieldLabels = {
  '/projectId': 'Project ID',
  '/regionId': 'Region',
  '/clusters': 'Clusters',
  '/subnetId': 'Subnet for the private endpoint',
  '/dns/hiddenNames': 'DNS',
  '/privateEndpoint/name': 'Name of the private endpoint',
  '/privateEndpoint/resourceGroup': 'Resource group of the private endpoint',
  '/privateEndpoint/staticIpAddress': 'Address of the private endpoint',
  '/privateEndpoint/networkInterfaceName': 'Name of its network interface',
  '/dns/zoneResourceGroupId': 'Resource group of the zones',
  '/dns/linkedNetworks': 'Networks to link',
  '/tags': 'Tags',
  '/deadlineMinutes': 'Minutes to wait for the private link',
} as const;

export type FieldPointer = keyof typeof fieldLabels;

/** The field of the form that a pointer leads to, or into; null where there is none. */
export function fieldAt(pointer: string): string | null {
  const [, label = null] =
    Object.entries(fieldLabels).find(([own]) => pointer === own || pointer.startsWith(`${own}/`)) ?? [];
  return label;
}

/** Requests as the app names them for scripts, and what they are beside buttons. The first that fits is taken. */
const inTheConsole: readonly (readonly [RegExp, string])[] = [
  [
    /Correct the fields listed under `errors`; the schema is at \/api\/openapi\.json/g,
    'Correct what is named',
  ],
  [/POST the corrected request/g, 'connect with the corrected request'],
  [/POST the request( again)?/g, 'connect again'],
  [/POST …\/reconcile/g, 'repair'],
  [/…\/reconcile/g, 'a repair'],
  [/DELETE the connection/g, 'disconnect'],
  [/DELETE it\b/g, 'disconnect it'],
  [/DELETE works/g, 'Disconnect works'],
  [/request the plan\b/g, 'show the plan'],
  [/GET \/api\/connections\b/g, 'the list'],
  [/ \((GET shows its status|…\/cancel)\)/g, ''],
  [/(use|request) `?"?dns"?: \{ "layout": "per-cluster" \}`?/gi, 'choose “a zone for each cluster”'],
  [
    /accept it with `dns: \{ "hiddenNames": "warn" \}`/g,
    'untick “stop before public names would no longer resolve”',
  ],
  [/"dns": \{ "hiddenNames": "refuse" \}/g, 'tick “stop before public names would no longer resolve”'],
  [/(with|set) `dns\.manage: false`/g, 'with “another team owns DNS”'],
  [/`clusters: "all"`/g, '“all of the project and region”'],
];

/** Text of the app as it reads beside buttons and fields. */
export function withoutRequests(text: string): string {
  const acts = inTheConsole.reduce((before, [request, words]) => before.replaceAll(request, words), text);
  const fields = Object.entries(fieldLabels).reduce(
    (before, [pointer, label]) =>
      before.replaceAll(`\`${pointer.slice(1).replace('/', '.')}\``, `“${label}”`),
    acts,
  );
  return fields.replaceAll(/(?<=\. )(connect|repair|disconnect|show|choose)\b/g, (verb) => upperFirst(verb));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The last part of a resource ID. */
export function nameOf(id: string): string {
  return id.split('/').filter(Boolean).at(-1) ?? id;
}

/** The virtual network of a subnet ID, or of its own ID. */
export function networkOf(id: string): string {
  return /\/virtualNetworks\/([^/]+)/i.exec(id)?.[1] ?? nameOf(id);
}

export function groupOf(id: string): string | null {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? null;
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago, as seen from a time that the app gave: the clocks of browser and app may differ. */
export function ago(at: string, asOf: string): string {
  const seconds = Math.max(0, (Date.parse(asOf) - Date.parse(at)) / 1000);
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? [null, 1];
  return unit === null ? 'just now' : `${counted(Math.floor(seconds / size), unit)} ago`;
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** Seconds as one says them: rounded, since they are estimates. */
export function about(seconds: number): string {
  return seconds < 90
    ? counted(Math.max(5, Math.round(seconds / 5) * 5), 'second')
    : counted(Math.round(seconds / 60), 'minute');
}

export function took(startedAt: string | null, endedAt: string | null): string {
  if (startedAt === null || endedAt === null) return '';
  const seconds = Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000));
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The expected rest of a run in seconds. */
export function secondsLeft({ phases: run, asOf }: Pick<ConnectionView, 'phases' | 'asOf'>): number {
  return run.reduce((sum, { phase, state, startedAt }) => {
    const { expectedSeconds } = phases[phase];
    if (state === 'pending') return sum + expectedSeconds;
    if (state !== 'running') return sum;
    const passed = startedAt === null ? 0 : (Date.parse(asOf) - Date.parse(startedAt)) / 1000;
    return sum + Math.max(5, expectedSeconds - passed);
  }, 0);
}

export function clockTime(at: string | number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export function dateTime(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
