import { isDeepStrictEqual } from 'node:util';
import type { ArmResponse } from './armRecordings.ts';
import type { ReplayedExchange } from './armReplay.ts';

/** What may differ between the recordings and the simulator, and why. Nothing else may. */
export const EXCUSES = {
  'storage account':
    'the recorded endpoint connects to a storage account, which publishes names; a private link service has none',
  'address pools':
    'the recorded region shows an empty list for a preview of address management, others do not',
  'unsigned URL': 'recorded before Azure signed its polling URLs; one has the port in it',
} as const;

export type Excuse = keyof typeof EXCUSES;

/** Excused exchanges, by conversation and number. */
export const EXCUSED: Readonly<Record<string, readonly Excuse[]>> = {
  'private-endpoint 0': ['address pools'],
  'private-endpoint 3': ['address pools'],
  'private-endpoint 4': ['address pools'],
  'private-endpoint 5': ['address pools'],
  'private-endpoint 7': ['address pools'],
  'private-endpoint 15': ['storage account'],
  'private-endpoint 16': ['storage account'],
  'private-endpoint 17': ['storage account'],
  'private-endpoint 21': ['storage account'],
  'private-endpoint 22': ['storage account'],
  'private-endpoint 23': ['storage account'],
  'private-endpoint 27': ['storage account'],
  'private-endpoint 28': ['storage account'],
  'private-endpoint 40': ['storage account'],
  'zone-create 1': ['unsigned URL'],
  'zone-create 2': ['unsigned URL'],
  'record-set-a 1': ['unsigned URL'],
  'record-set-a 2': ['unsigned URL'],
  'record-set-precondition 1': ['unsigned URL'],
  'record-set-precondition 2': ['unsigned URL'],
};

/** Where the simulator's answer is another than the recorded one, in words; empty when they agree. */
export function differences(
  { recorded, answered }: ReplayedExchange,
  excused: readonly Excuse[],
): readonly string[] {
  const [theirs, ours] = [recorded.response, answered];
  const found: string[] = [];
  if (ours.status !== theirs.status) found.push(`status ${ours.status} instead of ${theirs.status}`);
  const [theirHeaders, ourHeaders] = [headersThatMatter(theirs, excused), headersThatMatter(ours, excused)];
  for (const name of new Set([...Object.keys(theirHeaders), ...Object.keys(ourHeaders)])) {
    if (ourHeaders[name] === theirHeaders[name]) continue;
    found.push(`header ${name}: ${ourHeaders[name] ?? 'none'} instead of ${theirHeaders[name] ?? 'none'}`);
  }
  const [theirBody, ourBody] = [comparable(theirs.body, excused), comparable(ours.body, excused)];
  if (!isDeepStrictEqual(ourBody, theirBody)) {
    found.push(`body ${JSON.stringify(ourBody)} instead of ${JSON.stringify(theirBody)}`);
  }
  return found;
}

const exact = ['azure-asyncnotification', 'content-type', 'x-ms-failure-cause'];

/** Headers of the protocol with their form; of rate limits only which there are. */
function headersThatMatter(
  { headers }: ArmResponse,
  excused: readonly Excuse[],
): Readonly<Record<string, string>> {
  const forms = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    if (name.startsWith('x-ms-ratelimit-')) return [[name, String(Number.isInteger(Number(value)))]];
    if (name === 'azure-asyncoperation' || name === 'location') return [[name, urlForm(value, excused)]];
    if (name === 'etag') return [[name, withoutGuids(value)]];
    return exact.includes(name) ? [[name, value]] : [];
  });
  return Object.fromEntries(forms);
}

/** Path with the operation's ID masked, and the length of each signed parameter. */
function urlForm(text: string, excused: readonly Excuse[]): string {
  const url = new URL(text);
  const path = url.pathname
    .replace(/\/privateDns(Operation\w+)\/.*$/, (_, kind: string) => `/privateDns${kind}/ID`)
    .replace(/[0-9a-f-]{36}$/, 'ID');
  if (excused.includes('unsigned URL')) return path;
  const lengths = ['t', 'c', 's', 'h'].map((name) => `${name}=${lengthOf(url.searchParams.get(name))}`);
  return `${path}?${lengths.join('&')}`;
}

/** Azure signs with one of two certificates, now with this one, now with that. */
function lengthOf(value: string | null): string {
  const stated = /^<\w+:(\d+) chars>$/.exec(value ?? '')?.[1];
  const length = stated === undefined ? (value?.length ?? 0) : Number(stated);
  return length === 2575 || length === 2615 ? 'certificate' : String(length);
}

function comparable(body: unknown, excused: readonly Excuse[]): unknown {
  if (Array.isArray(body)) return body.map((item) => comparable(item, excused));
  if (typeof body === 'string') return withoutGuids(body);
  if (!(body instanceof Object)) return body;
  return Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => !(name === 'customDnsConfigs' && excused.includes('storage account')))
      .filter(([name]) => !(name === 'ipamPoolPrefixAllocations' && excused.includes('address pools')))
      .map(([name, value]) => [name, comparable(value, excused)]),
  );
}

/** Generated IDs differ; which form they have does not. The subscription's zeros stay. */
function withoutGuids(text: string): string {
  return text.replace(/\b(?!0{8}-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, 'GUID');
}
