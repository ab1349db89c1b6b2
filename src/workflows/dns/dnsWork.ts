import type { EnsuredZone } from '../../activities/zones.ts';
import { regionalZoneName } from '../../domain/connection/names.ts';
import { recordSetId, sameResource } from '../../domain/connection/resourceId.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import { fail } from '../../domain/failure/failure.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import { parsePrivateLinkAddress, placeCluster, predictedHost } from '../../domain/resources/cluster.ts';
import type { AutoRegistration } from '../../domain/resources/virtualNetworkLink.ts';
import { wantedZoneId } from '../../domain/resources/zone.ts';
import type { Ensured } from '../ensure.ts';
import { EnsureWork } from '../ensure.ts';
import { linkCompleted, soon } from '../schedules.ts';
import type { Work } from '../settle.ts';
import type { ClusterRecord, PlacedCluster, RecordCluster } from './clusterRecord.ts';
import { unmanagedRecord, unplacedRecord } from './clusterRecord.ts';
import type { DnsRun } from './dnsRun.ts';
import type { DnsState } from './dnsState.ts';
import type { WantedZone } from './recordsWork.ts';
import { recordKey, RecordsWork } from './recordsWork.ts';

/** The most per-cluster zones that are created at the same time. It keeps the carried state of a run small. */
const MOST_ZONES_UNDER_WAY = 50;
/** Up to these numbers each zone and link is read at its own pace. Above them, each is read less often. */
const UNCROWDED_ZONES = 4;
const UNCROWDED_LINKS = 10;
/** A zone or link that is not there after a minute may have failed. */
const ABSENT_SECONDS = 60;
const ZONE_DEADLINE_SECONDS = 660;
/** A link of a large network takes minutes. */
const LINK_DEADLINE_SECONDS = 990;

/** How the networks are linked; null while they are not: a linked zone hides every name that it does not hold. */
export interface Linking {
  readonly autoRegistration: AutoRegistration;
}

/** Of a zone for a predicted name. */
const EARLY: Linking = { autoRegistration: 'off' };

/**
 * The DNS of one connection as work: zones, then a record for each cluster with an address, then the links. What is due is a
 * function of the state, so that a run goes on where it was. A failure is data: of a cluster, or of a zone and its clusters.
 */
export class DnsWork {
  readonly #run: DnsRun;
  readonly #state: DnsState;
  readonly #address: string;
  #clusters: readonly RecordCluster[] = [];
  #linking: Linking | null = null;
  /** Clusters without an address whose zones and links are made meanwhile. */
  #early: readonly string[] = [];
  #beside: { readonly isBesideWait?: true } = {};
  #mayWriteRecords = true;

  constructor(run: DnsRun, state: DnsState, address: string) {
    this.#run = run;
    this.#state = state;
    this.#address = address;
  }

  /** Sets the clusters that get a record, and whether the networks are linked. */
  want(clusters: readonly RecordCluster[], linking: Linking | null = null): void {
    this.#clusters = clusters;
    this.#linking = linking;
    this.#early = [];
    this.#mayWriteRecords = true;
    this.#beside = {};
  }

  /**
   * Sets the clusters that get a record while the run waits for others: no attempt takes long, records are due only when the
   * endpoint is registered, and the regional zone is not linked. A zone of a single cluster hides no other name: it is made and
   * linked before its cluster has an address, where its name can be predicted.
   */
  wantBesideWait(clusters: AllocationView['clusters'], isRegistered: boolean): void {
    this.want(clusters.filter(({ privateLinkAddress }) => privateLinkAddress !== null));
    this.#mayWriteRecords = isRegistered;
    this.#beside = { isBesideWait: true };
    const { spec, regionId } = this.#run.connection;
    if (spec.dns.layout === 'regional') return;
    this.#early = clusters.flatMap(({ clusterId, awaited, privateLinkAddress, connectAddress }) => {
      const isPublic = parsePrivateLinkAddress(connectAddress)?.host === predictedHost(clusterId, regionId);
      return awaited && privateLinkAddress === null && !isPublic ? clusterId : [];
    });
  }

  /** Takes the zones that were made for a predicted name and hold no record. */
  takeUnusedZones(): readonly string[] {
    const { early } = this.#state;
    return Object.keys(early).flatMap((clusterId) => {
      const isUnused = early[clusterId] === 'other' || !this.#state.isReady(recordKey({ clusterId }));
      Reflect.deleteProperty(early, clusterId);
      return isUnused ? this.zoneId(this.#predicted(clusterId)) : [];
    });
  }

  /** Returns the work that is not over. */
  works(): readonly Work[] {
    if (!this.#run.connection.spec.dns.manage) return [];
    const open = [...this.#zones(this.#placed()), ...this.#early.map((id) => this.#predicted(id))]
      .map((zone) => this.#zoneWorks(zone))
      .filter((works) => works.length > 0);
    return open.slice(0, MOST_ZONES_UNDER_WAY).flat();
  }

  #zoneWorks(zone: WantedZone): readonly Work[] {
    if (this.#state.failureOf(`zone/${zone.key}`)) return [];
    if (!this.#state.isReady(`zone/${zone.key}`)) return [this.#zoneWork(zone)];
    const open = zone.clusters.filter(({ cluster }) => !this.#state.isOver(recordKey(cluster)));
    const early = this.#state.early[zone.key] === 'predicted' ? this.#linkWorks(zone, EARLY) : [];
    if (open.length > 0 && !this.#mayWriteRecords) return early;
    if (open.length > 0) {
      const written = { address: this.#address, ...this.#beside };
      return [...early, new RecordsWork(this.#run, this.#state, this, zone, open, written)];
    }
    return this.#linking === null ? early : this.#linkWorks(zone, this.#linking);
  }

  #predicted(clusterId: string): WantedZone {
    return { key: clusterId, name: predictedHost(clusterId, this.#run.connection.regionId), clusters: [] };
  }

  /** Returns each cluster with the state of its record. */
  records(): readonly ClusterRecord[] {
    return this.#clusters.map((cluster) => {
      const placed = this.#place(cluster);
      if (!placed?.ok) return unplacedRecord(cluster, placed?.failure ?? null);
      return this.#run.connection.spec.dns.manage
        ? this.#recordOf(placed.value)
        : unmanagedRecord(placed.value);
    });
  }

  /** Returns the failure of the regional zone or one of its links, which concerns all clusters. */
  sharedFailure(): Failure | null {
    if (this.#run.connection.spec.dns.layout !== 'regional') return null;
    return this.#state.failureOf('zone/region') ?? this.#linkFailureOf('region');
  }

  /** Makes the run write these records again, because another process may have deleted them. */
  writeAgain(clusterIds: readonly string[]): void {
    this.#state.forget(clusterIds.map((clusterId) => recordKey({ clusterId })));
  }

  /** The zone is gone with all that was in it. Returns whether it is ensured again, which is done once. */
  ensureAgain({ key, clusters }: WantedZone): boolean {
    if (!this.#state.noteRemoved(key)) return false;
    const links = this.#run.connection.linkedNetworks.map((_, index) => linkKey(key, index));
    this.#state.forget([`zone/${key}`, ...clusters.map(({ cluster }) => recordKey(cluster)), ...links]);
    return true;
  }

  zoneId({ key, name }: Pick<WantedZone, 'key' | 'name'>): string {
    return this.#state.zoneId(key) ?? wantedZoneId(this.#run.connection, name);
  }

  #placed(): readonly PlacedCluster[] {
    return this.#clusters.flatMap((cluster) => {
      const placed = this.#place(cluster);
      return placed?.ok ? placed.value : [];
    });
  }

  /** Null if the cluster has no address yet. */
  #place(cluster: RecordCluster): Outcome<PlacedCluster> | null {
    const { clusterId, privateLinkAddress } = cluster;
    if (privateLinkAddress === null) return null;
    const { regionId, spec } = this.#run.connection;
    const placed = placeCluster({ clusterId, address: privateLinkAddress }, regionId, spec.dns.layout);
    return placed.ok ? { ok: true, value: { cluster, ...placed.value } } : placed;
  }

  /** The regional zone is wanted even without a cluster: sync fills it later. */
  #zones(placed: readonly PlacedCluster[]): readonly WantedZone[] {
    const { spec, regionId } = this.#run.connection;
    if (spec.dns.layout === 'regional') {
      return [{ key: 'region', name: regionalZoneName(regionId), clusters: placed }];
    }
    return placed.map((one) => ({ key: this.#keyOf(one), name: one.zone, clusters: [one] }));
  }

  /** Where a zone has been made for another name than the cluster has got, that of the real name has a key of its own. */
  #keyOf({ cluster: { clusterId }, zone }: Pick<PlacedCluster, 'cluster' | 'zone'>): string {
    if (this.#run.connection.spec.dns.layout === 'regional') return 'region';
    const { early } = this.#state;
    if (clusterId in early && zone !== this.#predicted(clusterId).name) early[clusterId] = 'other';
    return early[clusterId] === 'other' ? zone : clusterId;
  }

  #recordOf({ cluster, host, port, zone, record }: PlacedCluster): ClusterRecord {
    const { clusterId, connectAddress } = cluster;
    const key = this.#keyOf({ cluster, zone });
    const zoneId = this.zoneId({ key, name: zone });
    const base = { clusterId, connectAddress, host, port, zoneId };
    const failure =
      this.#state.failureOf(`zone/${key}`) ??
      this.#state.failureOf(recordKey(cluster)) ??
      (key === 'region' ? null : this.#linkFailureOf(key));
    if (failure) {
      return { ...base, state: 'failed', recordSetId: null, reason: failure.message, failure };
    }
    return this.#state.isReady(recordKey(cluster))
      ? { ...base, state: 'connected', recordSetId: recordSetId(zoneId, record), reason: null }
      : { ...base, state: 'pending', recordSetId: null, reason: 'its record is not written yet' };
  }

  #zoneWork(zone: WantedZone): Work {
    const { connection, steps, fromTags } = this.#run;
    const { name: zoneName, key } = zone;
    return this.#ensure(`zone/${key}`, {
      reason: () => `Azure is creating the zone ${zoneName}`,
      submit: (follow, settle) =>
        steps.ensureZone.attempt({ connection, zoneName, fromTags, follow, ...this.#beside }, (outcome) => {
          if (outcome.ok) this.#noteZone(zone, outcome.value);
          settle(outcome);
        }),
      read: (settle, elapsed) => {
        const input = { connection, zoneName, fromTags, isRecent: elapsed < ABSENT_SECONDS, ...this.#beside };
        return steps.enterZone.attempt(input, (outcome) => {
          if (outcome.ok && outcome.value.entered) this.#run.wrote('owner entry');
          settle(outcome);
        });
      },
      schedule: (elapsed) => soon(elapsed) * this.#crowding(),
      ...this.#patience(ZONE_DEADLINE_SECONDS),
      found: () => {
        this.#run.found('zone');
      },
      notReady: () => fail('zone-slow', `${zoneName} is not there after 10 minutes`).failure,
    });
  }

  #noteZone({ key, name }: WantedZone, { id, action, entered }: EnsuredZone): void {
    if (entered) this.#run.wrote('owner entry');
    if (action === 'create') this.#run.wrote('zone');
    if (action === 'create' && this.#early.includes(key)) this.#state.early[key] = 'predicted';
    if (action === 'adopt' || action === 'tag') this.#run.wrote('marks');
    // Only what cannot be computed is kept.
    if (!sameResource(id, wantedZoneId(this.#run.connection, name))) this.#state.noteZoneId(key, id);
  }

  /** With many zones and links each is read less often: Azure Private DNS allows 500 reads in five minutes. */
  #crowding(): number {
    const { linkedNetworks, spec } = this.#run.connection;
    const clusters = Math.min(this.#clusters.length + this.#early.length, MOST_ZONES_UNDER_WAY);
    const zones = spec.dns.layout === 'regional' ? 1 : clusters;
    return Math.max(1, zones / UNCROWDED_ZONES, (zones * linkedNetworks.length) / UNCROWDED_LINKS);
  }

  /** The links of a zone whose records are written. A zone without a record is linked only if no cluster wants one. */
  #linkWorks(zone: WantedZone, linking: Linking): readonly Work[] {
    const isUsed = zone.clusters.some(({ cluster }) => this.#state.isReady(recordKey(cluster)));
    if (!isUsed && linking !== EARLY && this.#clusters.length > 0) return [];
    return this.#run.connection.linkedNetworks.flatMap((virtualNetworkId, index) => {
      const key = linkKey(zone.key, index);
      return this.#state.isOver(key) ? [] : [this.#linkWork(key, zone, virtualNetworkId, linking)];
    });
  }

  #linkWork(key: string, zone: WantedZone, virtualNetworkId: string, { autoRegistration }: Linking): Work {
    const { connection, steps } = this.#run;
    const zoneId = this.zoneId(zone);
    const link = { connection, zoneId, virtualNetworkId, autoRegistration, ...this.#beside };
    return this.#ensure(key, {
      reason: () => `Azure works on the link of ${virtualNetworkId}`,
      submit: (follow, settle) =>
        steps.ensureLink.attempt({ ...link, follow }, (outcome) => {
          if (outcome.ok && !['keep', 'wait'].includes(outcome.value.action)) this.#run.wrote('link');
          if (!this.#isZoneRemoved(zone, outcome)) settle(outcome);
        }),
      read: (settle) =>
        steps.readLink.attempt(link, (outcome) => {
          if (!this.#isZoneRemoved(zone, outcome)) settle(outcome);
        }),
      schedule: (elapsed) => linkCompleted(elapsed) * this.#crowding(),
      ...this.#patience(LINK_DEADLINE_SECONDS),
      found: () => {
        this.#run.found('link');
      },
      notReady: (state) =>
        fail('link-slow', `the link of ${virtualNetworkId} is ${state} after 15 minutes`).failure,
    });
  }

  /** Beside a wait no attempt is long enough to learn why Azure did not make it: that is for later. */
  #patience(deadlineSeconds: number): Pick<Ensured, 'absentSeconds' | 'deadlineSeconds'> {
    if (this.#beside.isBesideWait) return { absentSeconds: Infinity, deadlineSeconds: Infinity };
    return { absentSeconds: ABSENT_SECONDS, deadlineSeconds };
  }

  /** Returns true also for the other links of the same round: their results are older than the removal, and do not count. */
  #isZoneRemoved(zone: WantedZone, outcome: Outcome<unknown>): boolean {
    if (!this.#state.isReady(`zone/${zone.key}`)) return true;
    return !outcome.ok && outcome.failure.code === 'zone-removed' && this.ensureAgain(zone);
  }

  #linkFailureOf(zone: string): Failure | null {
    const keys = this.#run.connection.linkedNetworks.map((_, index) => linkKey(zone, index));
    return keys.flatMap((key) => this.#state.failureOf(key) ?? [])[0] ?? null;
  }

  #ensure(key: string, ensured: Omit<Ensured, 'end' | 'until'>): Work {
    const end = (outcome: Outcome<null>): void => {
      if (outcome.ok) this.#state.ready(key);
      else this.#state.fail(key, outcome.failure);
    };
    const until = (since: number): number => this.#run.until(since);
    const now = (): number => this.#run.now();
    return new EnsureWork({ ...ensured, end, until }, this.#state.ensuring, key, now);
  }
}

function linkKey(zone: string, network: number): string {
  return `link/${zone}/${network}`;
}
