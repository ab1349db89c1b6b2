import { join } from 'node:path';
import { connectMany } from './connectMany.ts';
import type { LoadResult } from './connectMany.ts';
import { printTable } from './figures/figures.ts';
import type { Figures } from './figures/figures.ts';

const root = join(import.meta.dirname, '..');
const SPEED = 10;

/**
 * Node takes as much memory as there is: on a large machine it collects garbage late. These are the limits that Node 24 gives
 * itself where all there is are the 512 MB of the instance that infra/main.bicep deploys, as measured under a memory limit
 * of that size (`v8.getHeapStatistics().heap_size_limit`: 259 MB).
 */
const HEAP_OF_512_MB = ['--max-old-space-size=256', '--max-semi-space-size=1'];

const small = { memory: '512 MB', nodeArguments: HEAP_OF_512_MB };
const one = { connections: 1, processes: 1, ...small };
const fifty = { connections: 50, processes: 1, ...small };
const fiftyInLargeHeap = { ...fifty, memory: 'this machine', nodeArguments: [] };
const loads = [one, { ...one, connections: 10 }, fifty, { ...fifty, processes: 3 }, fiftyInLargeHeap];

/** The most memory that one process of the app holds while so many connections are made at the same time. */
export async function benchMemory(figures: Figures): Promise<void> {
  const measured: { readonly load: (typeof loads)[number]; readonly result: LoadResult }[] = [];
  for (const load of loads) {
    measured.push({ load, result: await connectMany(root, { ...load, speed: SPEED }) });
  }
  const megabytesOf = (wanted: (typeof loads)[number]): number =>
    measured.find(({ load }) => load === wanted)?.result.megabytes ?? Number.NaN;
  const perConnection = (megabytesOf(fifty) - megabytesOf(one)) / (fifty.connections - one.connections);
  printTable(
    'Connections at once (the built app; the sandbox keeps the limits of Azure and Zilliz)',
    ['connections', 'processes', 'heap of', 'resident MB', 'connected', 'responses 429', 's on this machine'],
    [
      ...measured.map(({ load, result }) => [
        String(load.connections),
        String(load.processes),
        load.memory,
        result.megabytes.toFixed(0),
        String(result.connected),
        String(result.throttled.length),
        result.seconds.toFixed(1),
      ]),
      ['growth for each further one', '1', one.memory, perConnection.toFixed(2), '', '', ''],
    ],
  );
  figures.set('memory', 'fiftyConnectionsMb', megabytesOf(fifty));
  figures.set('memory', 'fiftyConnectionsLargeHeapMb', megabytesOf(fiftyInLargeHeap));
  figures.set('memory', 'mbPerConnection', perConnection);
  const gaveUp = measured.map(({ load, result }) => load.connections - result.connected);
  figures.set('load', 'gaveUp', Math.max(...gaveUp));
  figures.set('load', 'throttled', Math.max(...measured.map(({ result }) => result.throttled.length)));
}
