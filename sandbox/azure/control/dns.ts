import { addStartOfAuthority } from '../dns/zoneEffects.ts';
import { recordValues } from '../dns/recordRequest.ts';
import { keyOf, nameOf, parentOf } from '../resourceId.ts';
import type { Link, RecordType, RecordValue } from '../state/dnsSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';

interface NewZone {
  readonly id: string;
  readonly tags?: Readonly<Record<string, string>>;
}

interface NewLink {
  readonly id: string;
  readonly virtualNetworkId: string;
  readonly registrationEnabled?: boolean;
  readonly resolutionPolicy?: Link['resolutionPolicy'];
  readonly tags?: Readonly<Record<string, string>>;
  /** Default true; otherwise it stays `InProgress` until the usual time has passed. */
  readonly completed?: boolean;
}

interface NewRecord {
  readonly zoneId: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ttl?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What people do to private DNS by hand; it is there at once. */
export interface DnsControl {
  addZone(zone: NewZone): void;
  addLink(link: NewLink): void;
  /** Adds an A record set, or puts another in the place of the one that is there. */
  setRecord(record: NewRecord): void;
  /** A record set of any type, with the values as ARM shows them. */
  setRecordOfType(record: Omit<NewRecord, 'addresses'> & { type: RecordType; values: RecordValue }): void;
  /** How a PUT of a zone is met while another PUT of it goes on. */
  setSecondZonePut(answer: AzureState['dns']['secondZonePut']): void;
  /** What auto registration does for a virtual machine in a linked network. */
  registerMachine(zoneId: string, name: string, address: string): void;
}

export function dnsControl(world: World): DnsControl {
  const { state, random } = world;
  const set = (
    { zoneId, name, ttl = 3600, metadata }: Omit<NewRecord, 'addresses'>,
    { type, values, isAutoRegistered }: { type: RecordType; values: RecordValue; isAutoRegistered: boolean },
  ): void => {
    if (!state.dns.zones[keyOf(zoneId)]) throw new Error(`There is no zone ${zoneId}.`);
    const id = `${zoneId}/${type}/${name}`;
    state.dns.recordSets[keyOf(id)] = {
      id,
      name,
      zone: keyOf(zoneId),
      type,
      etag: random.guid(),
      ttl,
      ...(metadata && { metadata: { ...metadata } }),
      isAutoRegistered,
      values: recordValues(type, values),
    };
  };
  const addresses = (list: readonly string[]): RecordValue => list.map((ipv4Address) => ({ ipv4Address }));
  return {
    addZone({ id, tags = {} }) {
      const zone = {
        id,
        name: nameOf(id),
        tags: { ...tags },
        etag: random.guid(),
        internalId: random.guid(),
      };
      state.dns.zones[keyOf(id)] = zone;
      addStartOfAuthority(state, keyOf(id), zone);
    },
    addLink({ id, virtualNetworkId, tags = {}, completed = true, ...given }) {
      state.dns.links[keyOf(id)] = {
        id,
        name: nameOf(id),
        zone: keyOf(parentOf(id)),
        tags: { ...tags },
        etag: `"${random.guid()}"`,
        virtualNetworkId,
        registrationEnabled: given.registrationEnabled ?? false,
        resolutionPolicy: given.resolutionPolicy ?? 'Default',
        completedAt: completed ? world.now() : world.now() + world.timings.linkCompleted(),
      };
    },
    setRecord: (record) =>
      set(record, { type: 'A', values: addresses(record.addresses), isAutoRegistered: false }),
    setRecordOfType: (record) => set(record, { ...record, isAutoRegistered: false }),
    setSecondZonePut(answer) {
      state.dns.secondZonePut = answer;
    },
    registerMachine: (zoneId, name, address) =>
      set({ zoneId, name, ttl: 10 }, { type: 'A', values: addresses([address]), isAutoRegistered: true }),
  };
}
