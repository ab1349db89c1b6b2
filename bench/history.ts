import { sample } from '../sandbox/sampleWorld.ts';
import { runSize } from '../sandbox/rig/keptJournal.ts';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import { costsOf } from './costs.ts';
import { drawWaits, seeded, timingsOf } from './draws.ts';
import type { Figures } from './figures/figures.ts';
import { printTable } from './figures/figures.ts';
import { hasEnded } from './timeToConnected.ts';
import { worldWithClusters } from './worlds.ts';

const MINUTE = 60;
/** Of the wait and the clusters. */
const runs = [
  ...[0, 5 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE].map((seconds) => ({ seconds, clusters: 1 })),
  ...[10, 500].map((clusters) => ({ seconds: 5 * MINUTE, clusters })),
];
const FEW_CLUSTERS = 10;

/** How history and custom status grow with the length of the wait for the allocation. */
export async function benchHistory(figures: Figures): Promise<void> {
  const rows: (readonly string[])[] = [];
  const most = { few: 0, many: 0 };
  for (const { seconds, clusters } of runs) {
    const drawn = { ...drawWaits(seeded(3)), allocation: seconds, approval: Math.min(30, seconds) };
    const rig = await startRig({
      world: (at) => worldWithClusters(at, clusters),
      timings: timingsOf(drawn),
      host: { replayTwice: false },
    });
    try {
      const id = await rig.post({ ...sampleRequest, deadlineMinutes: 3 * 24 * 60 });
      await rig.host.runUntil(() => hasEnded(rig.host, id));
      const { historyEvents, historyBytes, customStatusBytes } = runSize(rig.journal, id);
      const group = clusters <= FEW_CLUSTERS ? 'few' : 'many';
      most[group] = Math.max(most[group], historyEvents);
      rows.push([
        `${seconds / MINUTE} min`,
        String(clusters),
        String(historyEvents),
        String(historyBytes),
        String(customStatusBytes),
        String(costsOf(rig.journal.commits, id).executions),
      ]);
    } finally {
      await rig.stop();
    }
  }
  printTable(
    `History against the length of the wait for the private link (${sample.regionId})`,
    [
      'wait',
      'clusters',
      'events of the longest execution',
      'bytes of it',
      'bytes of the custom status',
      'executions',
    ],
    rows,
  );
  figures.set('history', 'maxEvents', most.few);
  figures.set('history', 'maxEventsOf500', most.many);
}
