import { succeeded } from '../../../src/domain/failure/failure.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import type { Connection } from '../../../src/domain/connection/connection.ts';
import {
  endpointTags,
  entryMetadata,
  recordMetadata,
  newSharedTags,
} from '../../../src/domain/connection/marks.ts';
import { networkHash, regionalZoneName } from '../../../src/domain/connection/names.ts';
import {
  linkId,
  recordSetId,
  textSetId,
  zoneId as zoneIdOf,
} from '../../../src/domain/connection/resourceId.ts';
import type { ObservedZone } from '../../../src/domain/plan/observation.ts';
import { concerns, planRemoval } from '../../../src/domain/plan/removal.ts';
import { subjectOf } from '../../../src/domain/plan/removalSubject.ts';
import type { ARecordSet, PrivateEndpoint, Tags, TxtRecordSet } from '../../../src/domain/resources/model.ts';
import { reachOf } from '../../../src/domain/resources/reach.ts';
import { linkName } from '../../../src/domain/resources/virtualNetworkLink.ts';
import type { OwnerCheck } from '../../../src/domain/resources/zoneOwner.ts';
import { ENTRY_VALUE, entryName, zoneOwner } from '../../../src/domain/resources/zoneOwner.ts';

const subscription = '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d';
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
export const network = (name: string): string =>
  `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;

/** How far a connection has come, or how far it is taken down. */
export const phases = ['connected', 'running', 'failed before records', 'disconnecting'] as const;
export type Phase = (typeof phases)[number];

interface Side {
  readonly name: string;
  readonly regionId: string;
  readonly layout: 'regional' | 'per-cluster';
  readonly networkId: string;
  readonly phase: Phase;
}

interface Zone {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly links: Map<string, { readonly networkId: string; readonly tags: Tags }>;
  readonly records: Map<string, { readonly address: string; readonly metadata: Tags }>;
  readonly texts: Map<string, Tags>;
}

/** A connection, and the IDs of what it needs. */
export interface Member {
  readonly connection: Connection;
  readonly endpoint: PrivateEndpoint;
  readonly address: string;
  readonly needs: readonly string[];
}

/** The zones of one group that connections share, without I/O and time: what each phase of a connection leaves in them. */
export class SharedWorld {
  readonly #zones = new Map<string, Zone>();
  #members = 0;

  /** Brings a connection with one cluster as far as its phase. */
  add({ name, regionId, layout, networkId, phase }: Side): Member {
    this.#members += 1;
    const address = `10.0.0.${this.#members + 3}`;
    const connection = connectionFrom(
      connectionRequestSchema.parse({
        ...{ projectId: `proj-${name}`, regionId, subnetId: `${networkId}/subnets/s` },
        dns: { layout, zoneResourceGroupId: group },
      }),
    );
    const clusterId = `in01-0000000000000${name}`;
    const regional = regionalZoneName(regionId);
    const host = `${clusterId}-privatelink`;
    const zone = this.#zone(layout === 'regional' ? regional : `${host}.${regional}`);
    const entry = entryName(connection.id);
    zone.texts.set(entry, entryMetadata(connection, [{ hash: networkHash(networkId), created: true }]));
    const link = linkId(zone.id, linkName(networkId));
    const record = layout === 'regional' ? host : '@';
    const needs = [zone.id, textSetId(zone.id, entry)];
    if (phase !== 'failed before records') {
      zone.records.set(record, { address, metadata: recordMetadata(connection.id, clusterId) });
      needs.push(recordSetId(zone.id, record));
    }
    if (phase === 'connected') {
      if (!zone.links.has(link)) zone.links.set(link, { networkId, tags: newSharedTags(0) });
      needs.push(link);
    }
    return { connection, address, needs, endpoint: endpointOf(connection) };
  }

  /** What is there of these resources. */
  stateOf(ids: readonly string[]): readonly string[] {
    const contentOf = ({
      id,
      tags,
      links,
      records,
      texts,
    }: Zone): readonly (readonly [string, unknown])[] => [
      [id, tags] as const,
      ...links,
      ...[...records].map(([name, record]) => [recordSetId(id, name), record] as const),
      ...[...texts].map(([name, metadata]) => [textSetId(id, name), metadata] as const),
    ];
    const all = [...this.#zones.values()].flatMap(contentOf);
    return all.filter(([id]) => ids.includes(id)).map((entry) => JSON.stringify(entry));
  }

  /** Removes what disconnect and undo would remove of a connection. Returns the reasons to keep the rest. */
  takeDown({ connection, endpoint, address, needs }: Member, ownerCheck: OwnerCheck): readonly string[] {
    const place = {
      isNamed: (name: string) => needs[0]?.endsWith(`/${name}`) === true,
      isWanted: () => true,
      isLinked: (id: string) => connection.linkedNetworks.includes(id),
    };
    const zones = this.observed().filter((zone) => concerns(zone, connection.id, place));
    const rows = planRemoval({
      ...{ reach: reachOf(subjectOf(connection)), endpoint, address, ownerCheck, unregisteredByRun: [] },
      ...{ zones, zonesOfRegion: zones, knownEndpointIds: [] },
      zilliz: succeeded({ service: endpoint.target, registered: [] }),
      proof: { ownName: null, deletedByRun: [], census: null },
    });
    for (const { action, id } of rows) if (action !== 'keep') this.#remove(id);
    return rows.filter(({ action }) => action === 'keep').map(({ reason }) => reason);
  }

  observed(): readonly ObservedZone[] {
    return [...this.#zones.values()].map(({ id, name, tags, links, records, texts }): ObservedZone => {
      const sets = [...texts].map(([text, metadata]): TxtRecordSet => {
        return { name: text, values: [ENTRY_VALUE], metadata, etag: '1' };
      });
      return {
        zone: { id, name, tags, provisioningState: 'Succeeded', registrationLinkCount: 0 },
        links: [...links].map(([link, { networkId, tags: marks }]) => ({
          ...{ id: link, name: link, zoneId: id, virtualNetworkId: networkId, tags: marks },
          ...{ registrationEnabled: false, completed: true },
        })),
        records: [...records].map(([record, { address, metadata }]): ARecordSet => {
          const set = { zoneId: id, name: record, ttlSeconds: 600, addresses: [address], metadata };
          return { ...set, autoRegistered: false, etag: '1' };
        }),
        owners: sets.flatMap((text) => zoneOwner(text) ?? []),
        otherSets: [],
      };
    });
  }

  get ids(): readonly string[] {
    return [...this.#zones.values()].flatMap(({ id, links, texts }) => [
      id,
      ...links.keys(),
      ...[...texts.keys()].map((name) => textSetId(id, name)),
    ]);
  }

  #zone(name: string): Zone {
    const id = zoneIdOf(subscription, 'rg', name);
    const zone = this.#zones.get(id) ?? {
      ...{ id, name, tags: newSharedTags(0) },
      ...{ links: new Map(), records: new Map(), texts: new Map() },
    };
    this.#zones.set(id, zone);
    return zone;
  }

  #remove(id: string): void {
    this.#zones.delete(id);
    for (const zone of this.#zones.values()) {
      zone.links.delete(id);
      for (const name of zone.records.keys())
        if (recordSetId(zone.id, name) === id) zone.records.delete(name);
      for (const name of zone.texts.keys()) if (textSetId(zone.id, name) === id) zone.texts.delete(name);
    }
  }
}

function endpointOf(connection: Connection): PrivateEndpoint {
  const { id, projectId, regionId, spec, privateEndpoint, subnetId } = connection;
  return {
    ...{ id: privateEndpoint.id, name: privateEndpoint.name, location: 'eastus', subnetId },
    tags: endpointTags({ connectionId: id, projectId, regionId, whitelistedAt: null, spec }),
    ...{ provisioningState: 'Succeeded', resourceGuid: '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1e' },
    ...{ networkInterfaceId: null, target: 'a.b.eastus.azure.privatelinkservice', connectionName: 'pe' },
    ...{ manual: true, connectionState: { status: 'Approved', text: 'Approved', description: '' } },
  };
}
