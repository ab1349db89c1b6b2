import { ByHand } from '../../../sandbox/local/byHand.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import type { RecordSet } from '../../../sandbox/azure/state/dnsSchema.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';

export const zoneName = `${sample.regionId}.vectordb.zillizcloud.com`;
export const zoneId = `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/${zoneName}`;

/** What is there on both sides, by ID and with everything that matters of it; times, ETags and GUIDs aside. */
export interface Footprint {
  readonly endpoints: Readonly<Record<string, unknown>>;
  readonly zones: Readonly<Record<string, unknown>>;
  readonly links: Readonly<Record<string, unknown>>;
  /** Record sets other than the entries of owners. */
  readonly records: Readonly<Record<string, unknown>>;
  readonly entries: Readonly<Record<string, unknown>>;
  readonly registrations: readonly string[];
}

export function footprint({ sandbox }: Rig): Footprint {
  const { network, dns } = sandbox.azure.control.snapshot();
  const sets = Object.values(dns.recordSets).filter(({ type }) => type !== 'SOA');
  const isEntry = ({ name, type }: RecordSet): boolean => type === 'TXT' && name.startsWith('_zpl-');
  const contentOf = ({ values, metadata, ttl }: RecordSet) => ({ values, metadata: metadata ?? {}, ttl });
  return {
    endpoints: byId(Object.values(network.privateEndpoints), ({ tags, subnetId, connection }) => ({
      tags,
      subnetId,
      target: connection.privateLinkServiceId,
    })),
    zones: byId(Object.values(dns.zones), ({ tags }) => ({ tags: withoutTime(tags) })),
    links: byId(Object.values(dns.links), ({ tags, virtualNetworkId, registrationEnabled }) => ({
      tags: withoutTime(tags),
      virtualNetworkId,
      registrationEnabled,
    })),
    records: byId(
      sets.filter((set) => !isEntry(set)),
      contentOf,
    ),
    entries: byId(sets.filter(isEntry), contentOf),
    registrations: sandbox.zilliz.control
      .snapshot()
      .endpoints.map(({ endpointId }) => endpointId)
      .toSorted((a, b) => a.localeCompare(b)),
  };
}

/** Also without what is written for people: what lost its tags does not get it again. */
function withoutTime(tags: Readonly<Record<string, string>>): object {
  const compared = Object.entries(tags).filter(([name]) => name !== 'managed-by');
  return Object.fromEntries(compared.map(([name, value]) => [name, name === 'zpl-made' ? 'a time' : value]));
}

export const nothing: Footprint = {
  ...{ endpoints: {}, zones: {}, links: {}, records: {}, entries: {} },
  registrations: [],
};

function byId<T extends { readonly id: string }>(
  all: readonly T[],
  what: (one: T) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(all.map((one) => [one.id.toLowerCase(), what(one)]));
}

/** What tests look at in the answer of GET after a disconnect. */
export interface RemovalBody {
  readonly outcome: string;
  readonly removed: readonly { readonly resource: string; readonly id: string }[];
  readonly kept: readonly { readonly resource: string; readonly id: string; readonly reason: string }[];
  readonly failed: readonly { readonly resource: string; readonly id: string; readonly reason: string }[];
  readonly manualSteps: readonly string[];
  readonly writes: Readonly<Record<string, number>>;
}

export interface Ended {
  readonly status: string;
  readonly removal: RemovalBody | null;
  readonly undo: { readonly failed: readonly unknown[] } | null;
  readonly problem: { readonly type: string; readonly detail: string } | null;
}

/** Disconnects and returns the response of GET at the end. */
export async function disconnect(rig: Rig, id: string): Promise<Ended> {
  const answer = await rig.call('DELETE', `/api/connections/${id}`);
  if (answer.status !== 202)
    throw new Error(`DELETE answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return (await rig.finish(id)) as unknown as Ended;
}

export interface PlanBody {
  readonly rows: readonly {
    readonly resource: string;
    readonly id: string;
    readonly action: string;
    readonly reason: string;
    readonly predicted?: true;
  }[];
  readonly problems: readonly { readonly code: string; readonly detail: string }[];
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
  readonly permissions: readonly {
    readonly action: string;
    readonly scope: string;
    readonly granted: boolean | null;
  }[];
  readonly cost: { readonly perMonth: number };
  readonly expectedSeconds: number;
}

/** The drift of a stored connection. */
export async function drift(rig: Rig, id: string): Promise<PlanBody> {
  const { status, body } = await rig.call('POST', `/api/connections/${id}/plan`);
  if (status !== 200) throw new Error(`plan answered ${status} ${JSON.stringify(body)}`);
  return body as PlanBody;
}

/** The rows that are more than `keep`, as `action resource`. */
export function changes({ rows }: PlanBody): readonly string[] {
  return rows
    .filter(({ action }) => action !== 'keep')
    .map(({ action, resource }) => `${action} ${resource}`);
}

/** The kinds of writes that reached the simulators, with how many of each. */
export function writes({ sandbox }: Rig): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operation } of sandbox.traffic.writes()) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Reconciles and returns the response of GET at the end. */
export async function reconcile(rig: Rig, id: string, options?: object): Promise<Ended> {
  const answer = await rig.call('POST', `/api/connections/${id}/reconcile`, options);
  if (answer.status !== 202)
    throw new Error(`reconcile answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return (await rig.finish(id)) as unknown as Ended;
}

/** A user with the consoles of both sides, in virtual time. */
export function userAtConsoles(rig: Rig): ByHand {
  return new ByHand(rig.sandbox, (minutes) => {
    rig.clock.advanceTo(rig.clock.now() + minutes * 60_000);
    return Promise.resolve();
  });
}

/** A day in which Zilliz gives no cluster its address: the run renews its history on the way. */
export async function connectAfterADay(rig: Rig, request: object): Promise<ConnectionBody> {
  const { control } = rig.sandbox.zilliz;
  const until = rig.clock.now() + 24 * 3_600_000;
  for (const clusterId of sample.clusterIds) control.hidePrivateLinkAddress(clusterId);
  const id = await rig.post({ ...request, deadlineMinutes: 4000 });
  await rig.host.runUntil(() => rig.clock.now() > until);
  for (const clusterId of sample.clusterIds) control.hidePrivateLinkAddress(clusterId, false);
  return rig.finish(id);
}
