import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import type { Connection } from '../../src/domain/connection/connection.ts';
import { failureCatalog } from '../../src/domain/failure/catalog.ts';
import type { FailureCode } from '../../src/domain/failure/catalog.ts';
import type { Failure } from '../../src/domain/failure/failure.ts';
import type { PreflightResult } from '../../src/domain/plan/preflightResult.ts';
import type { RemovalRow } from '../../src/domain/plan/removal.ts';
import type { PhaseName } from '../../src/domain/run/phase.ts';
import type { Verification } from '../../src/domain/run/verification.ts';
import { isOpen } from '../../src/domain/run/verification.ts';
import type { Activities } from './simulatedRun.ts';

/** One call of an activity. */
export interface Call {
  /** Counted over the whole run, from 0. */
  readonly number: number;
  readonly name: string;
  readonly seconds: number;
}

/** What a run meets. Times in seconds since its start. */
export interface Situation {
  readonly layout: 'regional' | 'per-cluster';
  /** Clusters with an address. */
  readonly clusters: number;
  /** Whether one more waits for its address in vain. */
  readonly oneWithoutAddress: boolean;
  readonly networks: number;
  /** Clusters whose record Azure refuses for good. */
  readonly refused: number;
  /** An activity that fails for a while. */
  readonly outage: { readonly activity: string; readonly from: number; readonly until: number } | null;
  /** When the names lead to the endpoint. */
  readonly provedAt: number;
  readonly deadlineMinutes: number;
  readonly onFailure?: 'keep' | 'undo';
  /** Whether Zilliz has authorized the subscription already. */
  readonly isAuthorized?: boolean;
  /** How many private endpoints end in the state Failed. */
  readonly failedEndpoints?: number;
  /** Whether Zilliz removed the connection of an endpoint that is still there. */
  readonly replaces?: boolean;
  /** Whether an earlier specification has left a registration, a link, a record and a zone. */
  readonly hasObsolete?: boolean;
  readonly failure?: (call: Call) => Failure | null;
  /** What happens beside the run, before one of its activities. */
  readonly meanwhile?: (call: Call, world: World) => void;
}

const NETWORK =
  '/subscriptions/5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d/resourceGroups/rg/providers/Microsoft.Network';
const ENDPOINT_GUID = '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1e';
/** How long Azure works on an endpoint, a zone or a link, and on the removal of one. */
export const SECONDS_TO_COMPLETE = 20;
const SERVICE = 'a.b.eastus.azure.privatelinkservice';

interface Resource {
  readonly kind: RemovalRow['resource'];
  readonly since: number;
  readonly zoneId: string | null;
  readonly isFailed: boolean;
  goneAt: number;
}

/** Azure and Zilliz as the activities see them. What a run writes is there, until it or another process removes it. */
export class World implements Activities {
  readonly connection: Connection;
  /** The writes that have changed something, in their order. */
  readonly writes: string[] = [];
  readonly calls: Call[] = [];
  seconds = 0;
  #situation: Situation;
  #unremovable = '';
  readonly #resources = new Map<string, Resource>();
  readonly #clusters;
  #failedEndpoints: number;
  #isRemoving = false;

  constructor(situation: Situation) {
    this.#situation = situation;
    this.#failedEndpoints = situation.failedEndpoints ?? 0;
    const { layout, networks, deadlineMinutes, clusters, oneWithoutAddress, onFailure } = situation;
    this.connection = connectionFrom(
      connectionRequestSchema.parse({
        ...{ projectId: 'proj-1', regionId: 'az-eastus', subnetId: `${networkId(0)}/subnets/s` },
        ...{ deadlineMinutes, ...(onFailure && { onFailure }) },
        dns: { layout, linkedNetworks: Array.from({ length: networks }, (_, index) => networkId(index)) },
      }),
    );
    this.#clusters = Array.from({ length: clusters + (oneWithoutAddress ? 1 : 0) }, (_, index) => ({
      clusterId: clusterId(index),
      connectAddress: `https://${clusterId(index)}.az-eastus.vectordb.zillizcloud.com:19530`,
      privateLinkAddress:
        index < clusters
          ? `https://${clusterId(index)}-privatelink.az-eastus.vectordb.zillizcloud.com:19530`
          : null,
      awaited: true,
    }));
    if (situation.replaces === true) this.#put(this.connection.privateEndpoint.id, 'private endpoint');
    if (situation.hasObsolete === true) {
      this.#put('pe-old.guid', 'registration');
      this.#put(oldZone, 'private DNS zone');
      this.#put(`${oldZone}/A/old`, 'A record set', oldZone);
      this.#put(`${oldZone}/virtualNetworkLinks/old`, 'virtual network link', oldZone);
    }
  }

  get activities(): number {
    return this.calls.length;
  }

  /** The names of what is there, without what is being removed. */
  get present(): readonly string[] {
    return [...this.#resources].flatMap(([id, { goneAt }]) => (goneAt === Infinity ? id : [])).toSorted();
  }

  count(kind: RemovalRow['resource']): number {
    return this.present.filter((id) => this.#resources.get(id)?.kind === kind).length;
  }

  calledAt(name: string): readonly number[] {
    return this.calls.flatMap((call) => (call.name === name ? call.seconds : []));
  }

  /** Removes all zones with all that is in them, as another process may do. Returns whether there was one. */
  deleteZones(): boolean {
    const zones = [...this.#resources].filter(([, { kind }]) => kind === 'private DNS zone');
    for (const [id] of zones) this.#dropZone(id);
    return zones.length > 0;
  }

  /** Removes all records, as another process may do. */
  deleteRecords(): void {
    for (const [id, { kind }] of this.#resources) if (kind === 'A record set') this.#resources.delete(id);
  }

  /** From now on Azure refuses to remove resources with this name. */
  refuseRemoval(name: string): void {
    this.#unremovable = name;
  }

  /** The same world in another situation, for a next run. */
  goesOnWith(change: Partial<Situation>): this {
    this.#situation = { ...this.#situation, ...change };
    this.calls.length = 0;
    this.writes.length = 0;
    return this;
  }

  outcome(name: string, input: ActivityInput): unknown {
    const call = { number: this.calls.length, name, seconds: this.seconds };
    this.#situation.meanwhile?.(call, this);
    this.calls.push(call);
    this.#forgetGone();
    const { outage } = this.#situation;
    if (outage?.activity === name && this.seconds >= outage.from && this.seconds < outage.until) {
      return { ok: false, failure: failureOf('azure-unavailable', 'HTTP 503') };
    }
    const failure = this.#situation.failure?.(call) ?? this.#zoneRemoved(name, input);
    return failure ? { ok: false, failure } : { ok: true, value: this.#value(name, input) };
  }

  #zoneRemoved(name: string, { zoneId = '' }: ActivityInput): Failure | null {
    if (!['ensureRecords', 'ensureLink', 'readLink'].includes(name) || this.#isThere(zoneId)) return null;
    return failureOf('zone-removed', `${zoneId} was deleted during the run`);
  }

  #value(name: string, input: ActivityInput): unknown {
    const { refused, provedAt } = this.#situation;
    const {
      zoneName = '',
      zoneId = '',
      virtualNetworkId = '',
      records = [],
      targets = [],
      note = null,
    } = input;
    const { id: endpoint } = this.connection.privateEndpoint;
    switch (name) {
      case 'preflight':
        return this.#plan();
      case 'authorizeSubscription':
        this.writes.push('authorize');
        return null;
      case 'readEndpointService':
        return { service: SERVICE, visible: true };
      case 'ensurePrivateEndpoint':
        return { ...this.#ensured(endpoint, 'private endpoint'), ...this.#endpointFacts() };
      case 'readPrivateEndpoint':
        return { state: this.#stateOf(endpoint), ...this.#endpointFacts() };
      case 'discardFailedEndpoint':
      case 'discardDisconnected':
        return { ...this.#remove(endpoint), endpointId: 'pe.old' };
      case 'registerEndpoint':
        return this.#isThere(input.endpointId ?? '')
          ? { id: input.endpointId, action: 'keep', state: 'ready', reason: 'it is there' }
          : this.#ensured(input.endpointId ?? '', 'registration');
      case 'observeAllocation':
        return {
          ...{ connection: 'Approved', connectionText: 'Approved' },
          ...{ registration: 'ready', registrationText: 'ready', clusters: this.#clusters },
        };
      case 'ensureZone':
        return {
          ...this.#ensured(`${NETWORK}/privateDnsZones/${zoneName}`, 'private DNS zone'),
          entered: false,
        };
      case 'enterZone': {
        const state = this.#stateOf(`${NETWORK}/privateDnsZones/${zoneName}`);
        return { state: state === 'working' ? 'absent' : state, entered: state === 'ready' };
      }
      case 'ensureRecords':
        return {
          outcomes: records.map(({ clusterId: id, record }) =>
            Number(id.slice(-4)) < refused
              ? { ok: false, failure: failureOf('zone-not-writable', 'HTTP 403') }
              : {
                  ok: true,
                  value: {
                    ...this.#ensured(`${zoneId}/A/${record}`, 'A record set', zoneId),
                    state: 'ready',
                  },
                },
          ),
        };
      case 'ensureLink':
        return this.#ensured(linkOf(zoneId, virtualNetworkId), 'virtual network link', zoneId);
      case 'readLink':
        return { state: this.#stateOf(linkOf(zoneId, virtualNetworkId)) };
      case 'verifyTargets': {
        const proofs = targets.map((target): Verification => {
          const isProved = this.seconds >= provedAt && this.#isReachable(target);
          const outcome = isProved ? 'verified' : 'wrong-address';
          return { clusterId: target.clusterId, outcome, detail: outcome };
        });
        return { proofs, noted: note !== null && !proofs.some(isOpen) };
      }
      case 'noteCheck':
        return { noted: true };
      case 'probePublicAccess':
        return { seen: [] };
      default:
        return this.#removalValue(name, input) ?? this.#syncValue(name);
    }
  }

  #removalValue(name: string, input: ActivityInput): unknown {
    const { links = [], records = [], zones = [], ids = [] } = input;
    const removedAll = (all: readonly { readonly id?: string }[]): object => ({
      removed: all.map(({ id = '' }) => ({
        id,
        outcome:
          this.#unremovable !== '' && id.endsWith(this.#unremovable)
            ? { ok: false, failure: failureOf('zone-not-writable', 'HTTP 403') }
            : { ok: true, value: this.#remove(id) },
      })),
    });
    switch (name) {
      case 'planTearDown': {
        const rows = [...this.#resources].map(([id, { kind, zoneId }]) => rowOf(id, kind, zoneId));
        return { rows, endpointIds: [], manualSteps: [] };
      }
      case 'removeLinks':
        return removedAll(links);
      case 'removeRecords':
        return removedAll(records);
      case 'removeZones':
        return removedAll(zones);
      case 'removeRegistration':
        return this.#remove(input.endpointId ?? '');
      case 'removeEndpoint':
        return { ...this.#remove(this.connection.privateEndpoint.id), endpointId: 'pe.old' };
      case 'readRemoved':
        return { left: ids.flatMap(({ id }) => (this.#isThere(id) ? id : [])), unread: [] };
      default:
        return null;
    }
  }

  /** A cluster is due without its record, or, with a zone of its own, without a link. */
  #syncValue(name: string): unknown {
    if (name !== 'planSync') throw new Error(`There is no answer for ${name}.`);
    const { connection } = this;
    const due = this.#clusters.filter(
      ({ privateLinkAddress }) =>
        privateLinkAddress !== null && !this.#isReachable({ host: hostOf(privateLinkAddress) }),
    );
    const round = {
      ...{ due, settle: [], kept: this.#clusters.length - due.length },
      ...{ waiting: [], dormant: 0, gone: 0, faults: [] },
    };
    return {
      ...{ listed: this.#clusters.length, more: false, lost: [] },
      connections: [
        {
          ...{ connection, address: '10.0.0.4', hold: null, round, drift: null, reading: null },
          health: { state: 'connected', reason: null },
        },
      ],
    };
  }

  /** The zone, the record and all links of a name are there. */
  #isReachable({ host = '' }: { readonly host?: string }): boolean {
    const [first = '', ...rest] = host.split('.');
    const places = [[host, '@'] as const, [rest.join('.'), first] as const];
    return places.some(([zone, record]) => {
      const id = `${NETWORK}/privateDnsZones/${zone}`;
      const ids = [
        `${id}/A/${record}`,
        ...this.connection.linkedNetworks.map((network) => linkOf(id, network)),
      ];
      return [id, ...ids].every((one) => this.#resources.get(one)?.goneAt === Infinity);
    });
  }

  #plan(): PreflightResult {
    const { hasObsolete, replaces = false, isAuthorized = true } = this.#situation;
    const old = [...this.#resources].flatMap(([id, { kind, zoneId }]) =>
      kind === 'private endpoint' ? [] : rowOf(id, kind, zoneId),
    );
    return {
      ...{ faults: [], warnings: [], hiddenNames: [], replaces, formerNetworks: [] },
      ...{ removals: hasObsolete === true ? old : [], autoRegistration: 'on', location: 'eastus' },
      ...{ beginsConnection: true },
      service: isAuthorized ? SERVICE : null,
    };
  }

  #endpointFacts(): object {
    const isDone = this.#stateOf(this.connection.privateEndpoint.id) === 'ready';
    return { resourceGuid: isDone ? ENDPOINT_GUID : null, address: isDone ? '10.0.0.4' : null };
  }

  #put(id: string, kind: Resource['kind'], zoneId: string | null = null, since = -Infinity): void {
    const isFailed = kind === 'private endpoint' && since >= 0 && this.#failedEndpoints > 0;
    if (isFailed) this.#failedEndpoints -= 1;
    this.#resources.set(id, { kind, since, zoneId, isFailed, goneAt: Infinity });
  }

  #ensured(id: string, kind: Resource['kind'], zoneId: string | null = null): object {
    if (!this.#isThere(id)) {
      this.#put(id, kind, zoneId, this.seconds);
      this.writes.push(`create ${id}`);
      return { id, action: 'create', state: 'working', reason: 'it is not there' };
    }
    const state = this.#stateOf(id);
    return { id, action: state === 'ready' ? 'keep' : 'wait', state, reason: 'it is there' };
  }

  #remove(id: string): object {
    const resource = this.#resources.get(id);
    if (!resource) return { id, action: 'keep', state: 'absent', reason: 'it is not there' };
    if (resource.goneAt === Infinity) {
      const isAtOnce = resource.kind === 'A record set' || resource.kind === 'registration';
      this.#isRemoving = true;
      resource.goneAt = this.seconds + (isAtOnce ? 0 : SECONDS_TO_COMPLETE);
      this.writes.push(`remove ${id}`);
    }
    return { id, action: 'delete', state: 'working', reason: 'ours' };
  }

  #stateOf(id: string): 'ready' | 'working' | 'absent' | 'failed' {
    const resource = this.#resources.get(id);
    if (!resource) return 'absent';
    if (this.seconds - resource.since < SECONDS_TO_COMPLETE || resource.goneAt !== Infinity) return 'working';
    return resource.isFailed ? 'failed' : 'ready';
  }

  #isThere(id: string): boolean {
    return this.#resources.has(id);
  }

  #forgetGone(): void {
    if (!this.#isRemoving) return;
    for (const [id, { kind, goneAt }] of this.#resources) {
      if (goneAt > this.seconds) continue;
      if (kind === 'private DNS zone') this.#dropZone(id);
      else this.#resources.delete(id);
    }
  }

  #dropZone(zone: string): void {
    for (const [id, { zoneId }] of this.#resources)
      if (id === zone || zoneId === zone) this.#resources.delete(id);
  }
}

/** The part of the activities' inputs that the results depend on. */
interface ActivityInput {
  readonly zoneName?: string;
  readonly zoneId?: string;
  readonly endpointId?: string;
  readonly virtualNetworkId?: string;
  readonly records?: readonly { readonly id?: string; readonly clusterId: string; readonly record: string }[];
  readonly targets?: readonly { readonly clusterId: string; readonly host: string }[];
  readonly note?: object | null;
  readonly links?: readonly { readonly id: string }[];
  readonly zones?: readonly { readonly id: string }[];
  readonly ids?: readonly { readonly id: string }[];
}

export function failureOf(code: FailureCode, message: string): Failure {
  return { kind: failureCatalog[code].kind, code, message, source: 'azure' };
}

const oldZone = `${NETWORK}/privateDnsZones/old.az-eastus.vectordb.zillizcloud.com`;

const phaseOf: Readonly<Record<RemovalRow['resource'], PhaseName>> = {
  'virtual network link': 'remove-links',
  'A record set': 'remove-records',
  'private DNS zone': 'remove-zones',
  'owner entry': 'remove-zones',
  registration: 'unregister-endpoint',
  'private endpoint': 'delete-endpoint',
  'whitelist entry': 'take-stock',
};

function rowOf(id: string, resource: RemovalRow['resource'], zoneId: string | null): RemovalRow {
  const record = resource === 'A record set' ? id.slice(id.lastIndexOf('/') + 1) : null;
  return {
    phase: phaseOf[resource],
    guideStep: '',
    resource,
    id,
    action: 'delete',
    reason: 'ours',
    zoneId,
    record,
  };
}

function linkOf(zoneId: string, network: string): string {
  return `${zoneId}/virtualNetworkLinks/${network.slice(network.lastIndexOf('/') + 1)}`;
}

function hostOf(address: string): string {
  return new URL(address).hostname;
}

function networkId(index: number): string {
  return `${NETWORK}/virtualNetworks/vnet-${index}`;
}

function clusterId(index: number): string {
  return `in01-${String(index).padStart(15, '0')}`;
}
