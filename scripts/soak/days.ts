import type { Rig } from '../../sandbox/rig/rig.ts';
import { sampleRequest } from '../../sandbox/rig/rig.ts';
import { sample } from '../../sandbox/sampleWorld.ts';

const { projectId, regionId, resourceGroupId } = sample;
const HOUR_MS = 3_600_000;
const MOST_CLUSTERS = 8;

const declaredRegionId = 'az-centralus';
const regionIds = [regionId, declaredRegionId];

/**
 * The second connection: declared in the settings, with a zone for each cluster. It is to another region, since of two private
 * endpoints to one region a network can resolve each name to one only.
 */
export const declaredRequest = {
  ...sampleRequest,
  regionId: declaredRegionId,
  dns: { layout: 'per-cluster', hiddenNames: 'warn' },
};

interface Trouble {
  /** Each so many days. */
  readonly every: number;
  readonly on: number;
  readonly happens: (rig: Rig, id: string, day: number) => Promise<void> | void;
}

/** What happens in a month of this deployment. */
const troubles: readonly Trouble[] = [
  { every: 1, on: 0, happens: clustersComeAndGo },
  { every: 7, on: 2, happens: rotateKey },
  { every: 6, on: 3, happens: throttle },
  { every: 8, on: 4, happens: takeRights },
  { every: 9, on: 5, happens: lockAndPolicy },
  { every: 3, on: 1, happens: dnsOwnerEdits },
  { every: 10, on: 6, happens: updateInTheMidst },
  { every: 13, on: 11, happens: excludeAndInclude },
];

export async function dayOf(rig: Rig, id: string, day: number): Promise<void> {
  for (const { every, on, happens } of troubles) if (day % every === on % every) await happens(rig, id, day);
}

/** The declared connection finds a cluster from its first run on. */
export function beginning({ sandbox }: Rig): void {
  sandbox.zilliz.control.addCluster({ projectId, regionId: declaredRegionId, name: 'declared' });
}

export function livingClusters({ sandbox }: Rig) {
  return sandbox.zilliz.control.snapshot().clusters.filter(({ deletedAt }) => deletedAt === null);
}

/** Rights, limits and locks as they were at first. */
export function endOfTroubles({ sandbox }: Rig): void {
  const { control } = sandbox.azure;
  control.allow();
  control.setBudget('privateDnsReads', undefined);
  control.unlock(resourceGroupId, 'frozen');
  sandbox.zilliz.control.setRateLimit({});
  sandbox.faults.clear();
}

/** In each region one comes slowly, the oldest of too many goes, one is suspended and one resumed. */
function clustersComeAndGo(rig: Rig, _: string, day: number): void {
  const { control } = rig.sandbox.zilliz;
  for (const place of regionIds) {
    control.createClusterSlowly({ projectId, regionId: place, name: `cluster-${day}` });
    const here = livingClusters(rig).filter((cluster) => cluster.regionId === place);
    const [oldest, second, third] = here;
    if (here.length > MOST_CLUSTERS && oldest) {
      control.deleteCluster(oldest.clusterId, { answer: day % 2 === 0 ? 'deleted' : 'not-found' });
    }
    if (second) control.suspend(second.clusterId);
    if (third) control.resume(third.clusterId);
  }
}

/** The new key is in the vault an hour before the old one is revoked. */
async function rotateKey(rig: Rig, _: string, day: number): Promise<void> {
  const { zilliz, keyVault } = rig.sandbox;
  const before = zilliz.control.snapshot().keys.map(({ key }) => key);
  const key = zilliz.control.addKey({
    key: `soak-key-${day}-0123456789`,
    scope: { projectIds: [projectId] },
  });
  keyVault.control.setSecret('zilliz-api-key', key);
  await pass(rig, HOUR_MS);
  for (const old of before) zilliz.control.revokeKey(old);
}

/** A storm of some hours on both sides. */
async function throttle(rig: Rig): Promise<void> {
  const { azure, zilliz } = rig.sandbox;
  azure.control.setBudget('privateDnsReads', { size: 60, windowMs: 300_000, retryAfter: true });
  zilliz.control.setRateLimit({ perSecond: 1 });
  await pass(rig, 4 * HOUR_MS);
  azure.control.setBudget('privateDnsReads', undefined);
  zilliz.control.setRateLimit({});
}

/** A deny assignment on records for half a day. */
async function takeRights(rig: Rig): Promise<void> {
  const { control } = rig.sandbox.azure;
  control.deny({ scope: resourceGroupId, actions: ['Microsoft.Network/privateDnsZones/A/write'] });
  await pass(rig, 12 * HOUR_MS);
  control.allow();
}

async function lockAndPolicy(rig: Rig): Promise<void> {
  const { control } = rig.sandbox.azure;
  control.lock({ scope: resourceGroupId, name: 'frozen', level: 'ReadOnly' });
  await pass(rig, 6 * HOUR_MS);
  control.unlock(resourceGroupId, 'frozen');
}

/** Removes one of our records, and adds and changes what is not ours. */
function dnsOwnerEdits({ sandbox }: Rig, _: string, day: number): void {
  const { control } = sandbox.azure;
  const { recordSets, zones } = control.snapshot().dns;
  const own = Object.values(recordSets).find(({ type }) => type === 'A');
  if (own) control.remove(own.id);
  const regional = Object.values(zones).find(({ name }) => name === `${regionId}.vectordb.zillizcloud.com`);
  if (regional) control.setRecord({ zoneId: regional.id, name: 'theirs', addresses: [`10.20.0.${day}`] });
}

/** The app is updated while a reconcile runs. */
async function updateInTheMidst(rig: Rig, id: string): Promise<void> {
  await rig.call('POST', `/api/connections/${id}/reconcile`);
  await rig.host.whenIdle();
  await rig.restartHost();
  await rig.finish(id);
}

async function excludeAndInclude(rig: Rig, id: string): Promise<void> {
  const first = livingClusters(rig).find((cluster) => cluster.regionId === regionId);
  if (!first) return;
  await rig.call('DELETE', `/api/connections/${id}/clusters/${first.clusterId}`);
  await pass(rig, HOUR_MS);
  await rig.call('PUT', `/api/connections/${id}/clusters/${first.clusterId}`);
}

export function pass(rig: Rig, milliseconds: number): Promise<void> {
  const until = rig.clock.now() + milliseconds;
  return rig.runUntil(() => rig.clock.now() >= until);
}
