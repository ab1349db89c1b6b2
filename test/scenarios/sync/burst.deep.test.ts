import type { EventGrid } from '../../../sandbox/eventGrid/eventGrid.ts';
import { writeAccessToken } from '../../../sandbox/identity/accessToken.ts';
import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { syncInstanceId } from '../../../src/domain/connection/names.ts';
import { MOST_EVENTS } from '../../support/runBounds.ts';
import { clusterIdOf, connections, manyClustersWorld, places } from './manyClusters.ts';
import { clusterEvent, connected, pass, recordName, recordsOf, syncRun, syncStatus } from './support.ts';

const EVENTS = 1000;
/** Azure Private DNS and Zilliz, as documented. */
const DNS_READS = 500;
const DNS_READS_PER_SECOND = DNS_READS / 300;
const ZILLIZ_CALLS_PER_SECOND = 20;
/** Rounds of one project and region are at least so far apart (docs/how-to/cluster-events.md). */
const ROUND_SPACING_SECONDS = 10;

let rig: Rig;
let grid: EventGrid;

beforeEach(async () => {
  rig = await startRig({ world: manyClustersWorld, settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  grid = rig.sandbox.eventGrid;
});

afterEach(() => rig.stop());

async function publish(events: readonly object[]): Promise<void> {
  const exp = rig.clock.now() / 1000 + 3600;
  const token = writeAccessToken({ aud: 'https://eventgrid.azure.net', exp, oid: 'o', tid: 't', appid: 'a' });
  const { status } = await fetch(grid.publishUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json', authorization: `Bearer ${token}` },
    body: JSON.stringify(events),
  });
  expect(status).toBe(200);
}

describe('a burst of 1,000 created events, each twice, shuffled and in batches, over 3 connections', () => {
  it('gives exactly the right records, with as many calls as rounds need', async () => {
    for (const request of connections) await connected(rig, request);
    const url = new URL(`${rig.host.baseUrl}/runtime/webhooks/eventgrid?functionName=clusterEvents`);
    url.searchParams.set('code', rig.host.keys.system);
    await grid.control.subscribe({ name: 'to-app', endpointUrl: url.href, maxEventsPerBatch: 10 });
    grid.control.setHabits({ duplicates: 0, shuffled: true });
    rig.sandbox.traffic.clear();
    const startedAt = rig.clock.now();
    let longest = 0;

    // Ten clusters a second at Zilliz, and an event for each, published twice.
    for (let number = 0; number < EVENTS; number += 50) {
      const events = Array.from({ length: 50 }, (_, index) => {
        const { projectId, regionId } = places[(number + index) % 2] ?? places[0];
        const clusterId = clusterIdOf(number + index);
        rig.sandbox.zilliz.control.addCluster({ clusterId, projectId, regionId });
        return clusterEvent(clusterId, 'Created', { projectId, regionId });
      });
      await publish([...events, ...events]);
      await pass(rig, 5 / 60);
      await grid.control.settled();
      longest = Math.max(longest, ...places.map((place) => rig.host.history(syncInstanceId(place)).length));
    }
    const published = rig.clock.now();
    const ids = places.map((place) => syncInstanceId(place));
    await rig.host.runUntil(() =>
      ids.every((id) => {
        longest = Math.max(longest, rig.host.history(id).length);
        return syncRun(rig, id).runtimeStatus === 'Completed';
      }),
    );

    const { traffic } = rig.sandbox;
    const calls = traffic.all();
    const records = recordsOf(rig);
    const half = Array.from({ length: EVENTS / 2 }, (_, index) => index * 2);
    const namesOf = (zone: string): readonly string[] =>
      records.filter((record) => record.zone === zone).map(({ name }) => name);
    const rounds = ids.reduce((sum, id) => sum + syncStatus(rig, id).round, 0);
    const lists = traffic.of('zilliz.listClusters').length;
    const throttled = calls.filter(({ response }) => response.status === 429);
    const dnsReads = calls.filter(
      ({ operation, write }) => !write && /^(privateDnsZones|recordSets|virtualNetworkLinks)/.test(operation),
    ).length;
    const seconds = (rig.clock.now() - startedAt) / 1000;
    const bound = Math.max(0, (dnsReads - DNS_READS) / DNS_READS_PER_SECOND, lists / ZILLIZ_CALLS_PER_SECOND);
    process.stdout.write(
      [
        `${EVENTS * 2} events in ${traffic.of('eventGrid.deliver').length} deliveries; ${rounds} rounds`,
        `Zilliz list calls ${lists}; DNS reads ${dnsReads}; record writes ${traffic.of('recordSets.put').length}; 429: ${throttled.length}`,
        `sandbox time ${seconds} s, of which ${(published - startedAt) / 1000} s publishing; the rate limits allow no less than ${bound.toFixed(0)} s`,
        `longest history ${longest} events`,
        '',
      ].join('\n'),
    );

    expect(traffic.of('eventGrid.deliver').length).toBeGreaterThanOrEqual(200);
    const eastus = half.map((number) => recordName(clusterIdOf(number)));
    const northeurope = half.map((number) => recordName(clusterIdOf(number + 1)));
    expect(namesOf('az-eastus.vectordb.zillizcloud.com')).toEqual(eastus.flatMap((name) => [name, name]));
    expect(namesOf('az-northeurope.vectordb.zillizcloud.com')).toEqual(northeurope);
    expect(traffic.writes().filter(({ operation }) => operation !== 'eventGrid.publish')).toHaveLength(1500);
    expect(throttled).toEqual([]);
    // Ten pages hold 1,000 clusters; a round lists each page once.
    expect(lists).toBeLessThanOrEqual(rounds * 10);
    expect(rounds).toBeLessThanOrEqual(ids.length * (1 + seconds / ROUND_SPACING_SECONDS));
    expect(dnsReads).toBeLessThan(DNS_READS);
    expect(longest).toBeLessThanOrEqual(MOST_EVENTS);
  }, 300_000);
});
