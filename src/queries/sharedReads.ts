import type {
  ARecordSet,
  Cluster,
  EndpointService,
  PrivateDnsZone,
  RecordSets,
  RegisteredEndpoint,
  ResourceGroup,
  Subnet,
  VirtualNetwork,
  VirtualNetworkLink,
  ZoneContents,
} from '../domain/resources/model.ts';
import type { Dns, EndpointsByTag, Network, Ports, ProjectRegion, Zilliz } from '../ports.ts';
import { currentReading } from '../readAs.ts';
import { KeptReads } from './keptReads.ts';
import { withMethods } from './withMethods.ts';

const NO_SETS: RecordSets = { records: [], texts: [], others: [] };
const DAY_MS = 24 * 3_600_000;
/** Zones whose links and records a sweep reads each time. */
const ZONES_EACH_TIME = 20;
/** The time that the background's share of reads needs for one zone (src/adapters/azure/readBudget.ts). */
const MS_PER_ZONE = 15_000;

/**
 * The reads of one process that its runs and requests share, since Azure Private DNS limits them. What a reading may use of
 * earlier reads is a part of it ({@link Reading}); without it, it reads all itself. Writes of this process are seen at once.
 */
export class SharedReads {
  #count = 0;
  readonly #contents = new Map<string, ZoneContents>();
  readonly #zoneLists = this.#kept<readonly PrivateDnsZone[]>(
    () => currentReading().reading.zonesAgeMs ?? dnsAge(),
  );
  readonly #zones = this.#kept<PrivateDnsZone | null>(dnsAge);
  readonly #links = this.#kept<readonly VirtualNetworkLink[]>(() => this.#contentsAge());
  readonly #all = this.#kept<RecordSets>(() => this.#contentsAge());
  /** Single A record sets, by the ID of the zone and the name. */
  readonly #single = this.#kept<ARecordSet | null>(dnsAge);
  readonly #subscriptions = this.#kept<readonly string[]>(resourcesAge, false);
  readonly #endpoints = this.#kept<EndpointsByTag>(resourcesAge, false);
  readonly #groups = this.#kept<ResourceGroup | null>(resourcesAge, false);
  readonly #networks = this.#kept<VirtualNetwork | null>(resourcesAge, false);
  readonly #subnets = this.#kept<Subnet | null>(resourcesAge, false);
  readonly #clusters = this.#kept<readonly Cluster[]>(noAge, false);
  readonly #services = this.#kept<EndpointService | null>(noAge, false);
  readonly #registered = this.#kept<readonly RegisteredEndpoint[]>(noAge, false);

  /** How many reads have begun. */
  get count(): number {
    return this.#count;
  }

  ports(ports: Ports): Ports {
    const { network, dns, zilliz } = ports;
    return {
      ...ports,
      zilliz: withMethods<Zilliz>(zilliz, this.#zillizReads(zilliz)),
      dns: withMethods<Dns>(dns, { ...this.#dnsReads(dns), ...this.#dnsWrites(dns) }),
      network: withMethods<Network>(network, this.#networkMethods(network)),
    };
  }

  #kept<T>(maxAgeMs: () => number, isLimited = true): KeptReads<T> {
    return new KeptReads<T>(() => (this.#count += 1), maxAgeMs, isLimited);
  }

  /** The attempts of one round of a sync list these once. Others read Zilliz each time: they prove a write by it. */
  #zillizReads(zilliz: Zilliz): Partial<Zilliz> {
    const inRound = <T>(kept: KeptReads<T>, key: string, read: () => Promise<T>): Promise<T> => {
      const { reader, afresh = false } = currentReading().reading;
      return reader === 'background' && !afresh ? kept.of(key, read) : read();
    };
    const keyOf = ({ projectId, regionId }: ProjectRegion): string => [projectId, regionId].join(' ');
    return {
      clusters: (where) => inRound(this.#clusters, keyOf(where), () => zilliz.clusters(where)),
      endpointService: (where) => inRound(this.#services, keyOf(where), () => zilliz.endpointService(where)),
      privateEndpoints: (projectId) =>
        inRound(this.#registered, projectId, () => zilliz.privateEndpoints(projectId)),
    };
  }

  #dnsReads(dns: Dns): Partial<Dns> {
    return {
      zones: (subscriptionId) =>
        this.#zoneLists.of(subscriptionId, async () => {
          const zones = await dns.zones(subscriptionId);
          for (const zone of zones) this.#seen(zone);
          return zones;
        }),
      zone: (id) =>
        this.#zones.of(id, async () => {
          const zone = await dns.zone(id);
          if (zone) this.#seen(zone);
          return zone;
        }),
      links: (zoneId) => this.#links.of(zoneId, () => dns.links(zoneId)),
      recordSets: (zoneId) => this.#all.of(zoneId, () => dns.recordSets(zoneId)),
      record: async (zoneId, name) => {
        const all = await this.#all.find(zoneId);
        if (!all) return this.#single.of(`${zoneId} ${name}`, () => dns.record(zoneId, name));
        return all.records.find((record) => record.name.toLowerCase() === name.toLowerCase()) ?? null;
      },
    };
  }

  /** Forgets what was read of a zone that has changed since. Zero links or records need no read. */
  #seen({ id, contents }: PrivateDnsZone): void {
    const key = id.toLowerCase();
    const before = this.#contents.get(key);
    if (!contents) return;
    const { etag, recordSets, links } = before ?? contents;
    const isSame = etag === contents.etag && recordSets === contents.recordSets && links === contents.links;
    if (!isSame) for (const kept of [this.#links, this.#all]) kept.forget(id);
    this.#contents.set(key, contents);
    if (contents.links === 0) this.#links.conclude(id, []);
    // The SOA is always there.
    if (contents.recordSets <= 1) this.#all.conclude(id, NO_SETS);
  }

  #dnsWrites(dns: Dns): Partial<Dns> {
    const changed = async <T>(id: string, write: Promise<T>): Promise<T> => {
      try {
        return await write;
      } finally {
        this.#forgetZone(id);
      }
    };
    return {
      createZone: async (zone, options) => {
        this.#contents.delete(zone.id.toLowerCase());
        await changed(zone.id, dns.createZone(zone, options));
        this.#links.set(zone.id, Promise.resolve([]), 'created');
        this.#all.set(zone.id, Promise.resolve(NO_SETS), 'created');
      },
      deleteZone: (id) => changed(id, dns.deleteZone(id)),
      createLink: (link, options) => changed(link.id, dns.createLink(link, options)),
      changeLink: (link, options) => changed(link.id, dns.changeLink(link, options)),
      deleteLink: (id) => changed(id, dns.deleteLink(id)),
      putRecord: async (record, etag) => {
        const { zoneId, name } = record;
        const single = `${zoneId} ${name}`;
        this.#single.forget(single);
        const stored = await this.#put(zoneId, dns.putRecord(record, etag), (all, set) => ({
          ...all,
          records: [...without(all.records, name), set],
        }));
        this.#single.set(single, Promise.resolve(stored));
        return stored;
      },
      deleteRecord: (zoneId, name, etag) => {
        this.#single.forget(`${zoneId} ${name}`);
        return changed(zoneId, dns.deleteRecord(zoneId, name, etag));
      },
      putText: (text, etag) =>
        this.#put(text.zoneId, dns.putText(text, etag), (all, set) => ({
          ...all,
          texts: [...without(all.texts, text.name), set],
        })),
      deleteText: (zoneId, name, etag) => changed(zoneId, dns.deleteText(zoneId, name, etag)),
    };
  }

  /** Azure's response is the stored record set: a read could only repeat it. */
  async #put<T>(
    zoneId: string,
    write: Promise<T>,
    change: (all: RecordSets, stored: T) => RecordSets,
  ): Promise<T> {
    try {
      const stored = await write;
      this.#all.change(zoneId, (all) => change(all, stored));
      return stored;
    } catch (error) {
      this.#forgetZone(zoneId);
      throw error;
    }
  }

  #networkMethods(network: Network): Partial<Network> {
    const changed = async (id: string, write: Promise<void>): Promise<void> => {
      try {
        await write;
      } finally {
        this.#endpoints.clear();
        this.#forgetZone(id);
      }
    };
    return {
      resourceGroup: (id) => ofSweep(this.#groups, id, () => network.resourceGroup(id)),
      virtualNetwork: (id) => ofSweep(this.#networks, id, () => network.virtualNetwork(id)),
      subnet: (id) => ofSweep(this.#subnets, id, () => network.subnet(id)),
      subscriptions: () => this.#subscriptions.of('', () => network.subscriptions()),
      privateEndpointsByTag: (subscriptionId, tag, value) =>
        this.#endpoints.of([subscriptionId, tag, value ?? ''].join(' '), () =>
          network.privateEndpointsByTag(subscriptionId, tag, value),
        ),
      createPrivateEndpoint: (endpoint, options) =>
        changed(endpoint.id, network.createPrivateEndpoint(endpoint, options)),
      repeatPrivateEndpoint: (id, tags, options) =>
        changed(id, network.repeatPrivateEndpoint(id, tags, options)),
      deletePrivateEndpoint: (id) => changed(id, network.deletePrivateEndpoint(id)),
      mergeTags: (id, tags) => changed(id, network.mergeTags(id, tags)),
      removeTags: (id, tags) => changed(id, network.removeTags(id, tags)),
    };
  }

  /** Forgets what was read of the zone of a zone, link or record ID. */
  #forgetZone(id: string): void {
    const [zoneId] = /^.*\/privateDnsZones\/[^/]+/i.exec(id) ?? [];
    if (zoneId === undefined) return;
    this.#zoneLists.clear();
    for (const kept of [this.#zones, this.#links, this.#all]) kept.forget(zoneId);
    this.#single.clear();
  }

  /**
   * A sweep reads the contents of few zones each time. Of more it reads each as often as its share allows, and at least once a
   * day; what has another count or ETag is read at once.
   */
  #contentsAge(): number {
    if (currentReading().reading.reader !== 'background') return dnsAge();
    return Math.min(DAY_MS, Math.max(0, this.#all.size - ZONES_EACH_TIME) * MS_PER_ZONE);
  }
}

/** The connections of a sweep share groups and networks. Others read them each time. */
function ofSweep<T>(kept: KeptReads<T>, id: string, read: () => Promise<T>): Promise<T> {
  return resourcesAge() > 0 ? kept.of(id, read) : read();
}

/** Only the attempts of one piece of work share it. */
function noAge(): number {
  return 0;
}

function dnsAge(): number {
  return currentReading().reading.dnsAgeMs ?? 0;
}

function resourcesAge(): number {
  return currentReading().reading.resourcesAgeMs ?? 0;
}

function without<T extends { readonly name: string }>(records: readonly T[], name: string): readonly T[] {
  return records.filter((record) => record.name.toLowerCase() !== name.toLowerCase());
}
