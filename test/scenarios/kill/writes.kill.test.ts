import { appendFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { startFaultRig } from '../faults/faultRig.ts';
import { executedTwice } from '../faults/leftovers.ts';
import { footprint } from '../lifecycle/support.ts';
import { addForeign, foreignBytes } from './foreign.ts';
import { Killer } from './killer.ts';
import type { Kill, KillPlan, Moment } from './killer.ts';
import { stories } from './stories.ts';
import type { Story } from './stories.ts';

const seed = process.env.KILL_SEED ?? '1';

interface End {
  /** What GET says. */
  readonly status: unknown;
  readonly footprint: string;
  readonly created: readonly string[];
  readonly kills: readonly Kill[];
}

const MOMENTS: readonly (readonly Moment[])[] = [
  [],
  ['before'],
  ['after'],
  ['before', 'after'],
  ['before', 'before'],
];

const plans: readonly (readonly [string, KillPlan])[] = [
  ['twice before each write', () => ['before', 'before']],
  ['after each write', () => ['after']],
  ['before and after each write', () => ['before', 'after']],
  ['by chance, up to twice at a write', (write) => MOMENTS[drawn(write, MOMENTS.length)] ?? []],
];

/** The same for a write and a seed, whatever comes before it. */
function drawn(write: string, sides: number): number {
  return createHash('sha256').update(`${seed} ${write}`).digest().readUInt32BE(0) % sides;
}

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const references = new Map<string, End>();

/** Runs a story; what others own must be the same, byte for byte, after it. */
async function endOf({ given, run, name }: Story, plan: KillPlan): Promise<End> {
  rig = await startFaultRig();
  await addForeign(rig);
  const id = await given(rig);
  const before = foreignBytes(rig);
  rig.sandbox.traffic.clear();
  const killer = new Killer(rig, plan);
  const { body } = await rig.call('GET', `/api/connections/${await run(rig, killer, id)}`);
  expect({ name, foreign: foreignBytes(rig) }).toEqual({ name, foreign: before });
  const created = executedTwice(rig).writes.filter((write) => !/\.delete |deletePrivate/.test(write));
  const { status } = body as ConnectionBody;
  return { status, footprint: comparable(rig), created: created.toSorted(), kills: killer.kills };
}

async function withoutKills(story: Story): Promise<End> {
  const known = references.get(story.name);
  if (known) return known;
  const end = await endOf(story, () => []);
  await rig?.stop();
  rig = undefined;
  references.set(story.name, end);
  return end;
}

/** The end of a run without what is drawn or measured anew in each: times and GUIDs. */
function comparable(of: Rig): string {
  return JSON.stringify(footprint(of), null, 1)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '.<guid>');
}

describe.each(stories)('$name, on a host that dies', (story) => {
  it.each(plans)('%s, ends as on one that lives, and writes nothing twice', async (_, plan) => {
    const reference = await withoutKills(story);

    const { kills, ...end } = await endOf(story, plan);

    const { kills: none, ...expected } = reference;
    expect(none).toEqual([]);
    expect(end).toEqual(expected);
    note(kills);
  });
});

/** For the table that `npm run test:kill` prints. */
function note(kills: readonly Kill[]): void {
  const file = process.env.KILL_ROWS;
  if (file !== undefined) appendFileSync(file, kills.map((kill) => `${JSON.stringify(kill)}\n`).join(''));
}
