import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { changes, footprint, zoneId } from './support.ts';
import type { Ended, Footprint, PlanBody, RemovalBody } from './support.ts';

const network = `${sample.resourceGroupId}/providers/Microsoft.Network`;
const HOUR = 3_600_000;

/** Two connections that share network, zone and link: each serves clusters of its own. */
export const requests = {
  first: { ...sampleRequest, privateEndpoint: { name: 'pe-first' }, clusters: [sample.clusterIds[0]] },
  second: { ...sampleRequest, privateEndpoint: { name: 'pe-second' }, clusters: [sample.clusterIds[1]] },
} as const;

export type Which = keyof typeof requests;

/** With short time-outs, because the clock does not advance meanwhile. */
const timeLimits = {
  azureMs: 2000,
  azureOperationMs: 500,
  zillizMs: 2000,
  keyVaultMs: 2000,
  tokenMs: 2000,
  probeMs: 2000,
};

/** The system under test, with what its surroundings expect of it: things that are not ours and must never change. */
export class Life {
  readonly rig: Rig;
  readonly ids = new Map<Which, string>();
  /** Record sets of other owners in the zone, by name. */
  readonly foreign = new Map<string, string>();

  constructor(rig: Rig) {
    this.rig = rig;
  }

  stop(): Promise<void> {
    return this.rig.stop();
  }

  now(): Footprint {
    return footprint(this.rig);
  }

  async connect(which: Which, options: object = {}): Promise<string | null> {
    const answer = await this.rig.call('POST', '/api/connections', { ...requests[which], ...options });
    if (answer.status !== 202) return null;
    const { id } = answer.body as { id: string };
    this.ids.set(which, id);
    return id;
  }

  async ended(id: string): Promise<Ended> {
    return (await this.rig.finish(id)) as unknown as Ended;
  }

  /** Asked again later when Azure throttles: here the clock does not advance between the steps, and reads pile up. */
  async plan(id: string): Promise<PlanBody> {
    for (let attempt = 1; ; attempt++) {
      const { status, body } = await this.rig.call('POST', `/api/connections/${id}/plan`);
      if (status === 200) return body as PlanBody;
      if (status !== 503 || attempt === 3)
        throw new Error(`The plan answered ${status} ${JSON.stringify(body)}`);
      this.pass(0.2);
      await this.rig.host.whenIdle();
    }
  }

  /** Everything that runs comes to its end, and no fault is left over. */
  async settle(): Promise<void> {
    this.rig.sandbox.faults.clear();
    for (const id of this.ids.values()) await this.rig.finish(id);
    await this.rig.host.whenIdle();
  }

  /** What must hold at every moment. */
  async check(): Promise<void> {
    const there = this.now();
    const zoneStands = Object.hasOwn(there.zones, zoneId.toLowerCase());
    for (const [name, address] of this.foreign) {
      // Only its owner removes the zone under it; we never do.
      const record = there.records[`${zoneId}/a/${name}`.toLowerCase()];
      if (!zoneStands || !JSON.stringify(record ?? null).includes(address)) {
        throw new Error(
          `The record ${name} of another owner was changed or removed: ${JSON.stringify(record)}`,
        );
      }
    }
    await Promise.resolve();
  }

  /** After a run that says that all is well. */
  async checkConnected(id: string): Promise<void> {
    const plan = await this.plan(id);
    const left = changes(plan).filter((change) => change !== 'wait A record set');
    if (left.length > 0) throw new Error(`Connected, and yet the plan says ${left.join(', ')}.`);
  }

  /** After a disconnect that says that it is done. */
  checkGone(which: Which, id: string, removal: RemovalBody | null): void {
    const there = JSON.stringify(this.now());
    if (there.includes(id)) throw new Error(`Something still carries the marks of ${id}: ${there}`);
    const name = `${requests[which].privateEndpoint.name}.`;
    const { registrations, endpoints } = this.now();
    const endpoint = `${network}/privateEndpoints/${requests[which].privateEndpoint.name}`.toLowerCase();
    if (Object.hasOwn(endpoints, endpoint)) throw new Error(`${endpoint} is still there.`);
    // What nothing proves ours any more is left to a person, and said.
    const unproved = removal?.manualSteps.join() ?? '';
    const left = registrations.filter((one) => one.startsWith(name) && !unproved.toLowerCase().includes(one));
    if (left.length > 0) throw new Error(`Zilliz still lists ${left.join(', ')}.`);
    this.#checkNobodysZone();
  }

  /** When no connection is left, this app's zone and links are deleted too. */
  #checkNobodysZone(): void {
    const { records, endpoints, zones, links } = this.now();
    if (Object.keys(records).length > 0 || Object.keys(endpoints).length > 0) return;
    const ours = JSON.stringify({ zones, links });
    const foreignLink = Object.values(links).some((link) => !JSON.stringify(link).includes('zpl-'));
    if (ours.includes('zpl-') && !foreignLink)
      throw new Error(`No connection is left, and yet there is ${ours}`);
  }

  pass(hours: number): void {
    this.rig.clock.advanceTo(this.rig.clock.now() + hours * HOUR);
  }
}

export async function startLife(): Promise<Life> {
  // The sweep is none of the steps: it would put back what a step has just broken.
  const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };
  const rig = await startRig({ settings, timeLimits, host: { replayTwice: false } });
  return new Life(rig);
}
