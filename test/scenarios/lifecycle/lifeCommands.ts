import fc from 'fast-check';
import { requests } from './life.ts';
import type { Life, Which } from './life.ts';
import { zoneId } from './support.ts';
import type { Ended } from './support.ts';

/** The model is what `Life` remembers of what is not ours; the commands need nothing more. */
type Model = object;
type Step = fc.AsyncCommand<Model, Life>;

const foreignNames = ['intranet', 'printer'] as const;

/** A step of one line: what it is called, and what it does. */
class Command implements Step {
  readonly #name: string;
  readonly #act: (life: Life) => Promise<void>;

  constructor(name: string, act: (life: Life) => Promise<void>) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_: Model, life: Life): Promise<void> {
    await this.#act(life);
    await life.check();
  }

  toString(): string {
    return this.#name;
  }
}

const which = fc.constantFrom<Which>('first', 'second');

const connect = fc.tuple(which, fc.constantFrom('keep', 'undo')).map(
  ([one, onFailure]) =>
    new Command(`connect ${one}, ${onFailure}`, async (life) => {
      const before = life.now();
      const id = await life.connect(one, { onFailure });
      if (id === null) return;
      const wasThere = JSON.stringify(before).includes(id);
      const ended = await life.ended(id);
      if (ended.status === 'connected') return life.checkConnected(id);
      saysWhy(ended);
      if (onFailure === 'undo' && !wasThere && ended.undo?.failed.length === 0) {
        expect(life.now()).toEqual(before);
      }
    }),
);

/** The process dies after some writes and comes back. */
const killed = fc.tuple(which, fc.integer({ min: 0, max: 8 })).map(
  ([one, count]) =>
    new Command(`connect ${one}, killed after ${count} writes`, async (life) => {
      const id = await life.connect(one);
      if (id === null) return;
      await afterWrites(life, id, count);
      life.rig.killHost();
      await life.rig.restartHost();
      const ended = await life.ended(id);
      if (ended.status === 'connected') await life.checkConnected(id);
      else saysWhy(ended);
    }),
);

const cancelled = fc.tuple(which, fc.integer({ min: 0, max: 8 })).map(
  ([one, count]) =>
    new Command(`connect ${one}, cancelled after ${count} writes`, async (life) => {
      const id = await life.connect(one);
      if (id === null) return;
      await afterWrites(life, id, count);
      await life.rig.call('POST', `/api/connections/${id}/cancel`);
      await life.ended(id);
    }),
);

const reconcile = fc.tuple(which, fc.boolean()).map(
  ([one, allowReplace]) =>
    new Command(`reconcile ${one}${allowReplace ? ', may replace' : ''}`, async (life) => {
      const id = life.ids.get(one);
      if (id === undefined) return;
      const { status } = await life.rig.call('POST', `/api/connections/${id}/reconcile`, { allowReplace });
      // Without its endpoint there is no specification any more, and the answer says so.
      if (status !== 202) {
        expect([404, 409]).toContain(status);
        return;
      }
      const ended = await life.ended(id);
      if (ended.status === 'connected') await life.checkConnected(id);
      else saysWhy(ended);
    }),
);

const disconnect = which.map(
  (one) =>
    new Command(`disconnect ${one}`, async (life) => {
      const id = life.ids.get(one);
      if (id === undefined) return;
      const { status } = await life.rig.call('DELETE', `/api/connections/${id}`);
      expect(status).toBe(202);
      const ended = await life.ended(id);
      if (ended.status === 'disconnected') life.checkGone(one, id, ended.removal);
      else if (ended.status !== 'degraded') saysWhy(ended);
    }),
);

/** One thing of ours, or of what ours rests on, is changed behind our back. */
const meddle = fc
  .tuple(
    fc.constantFrom('record', 'link', 'zone', 'endpoint', 'registration', 'marks', 'address', 'connection'),
    fc.nat({ max: 3 }),
  )
  .map(
    ([what, index]) =>
      new Command(`a user changes ${what} ${index}`, (life) => {
        meddleWith(life, what, index);
        return Promise.resolve();
      }),
  );

function meddleWith(life: Life, what: string, index: number): void {
  const { azure, zilliz } = life.rig.sandbox;
  const there = life.now();
  const pick = (all: Readonly<Record<string, unknown>>): string | undefined => {
    const ids = Object.keys(all).filter((id) => !foreignNames.some((name) => id.endsWith(`/${name}`)));
    return ids[index % Math.max(1, ids.length)];
  };
  const record = pick(there.records);
  const endpoint = pick(there.endpoints);
  const link = pick(there.links);
  const registration = there.registrations[index % Math.max(1, there.registrations.length)];
  if (what === 'record' && record !== undefined) azure.control.remove(record);
  if (what === 'link' && link !== undefined) azure.control.remove(link);
  if (what === 'zone' && Object.keys(there.zones).length > 0) {
    azure.control.remove(zoneId);
    life.foreign.clear();
  }
  if (what === 'endpoint' && endpoint !== undefined) azure.control.remove(endpoint);
  if (what === 'registration' && registration !== undefined) {
    zilliz.control.forgetEndpoint(registration, { silently: true });
  }
  if (what === 'marks' && link !== undefined) azure.control.setTags(link, {});
  if (what === 'address' && record !== undefined) {
    const { metadata } = there.records[record] as { readonly metadata: Readonly<Record<string, string>> };
    const name = record.split('/').at(-1) ?? '';
    azure.control.setRecord({ zoneId, name, addresses: ['10.9.9.9'], ttl: 600, metadata });
  }
  if (what === 'connection' && endpoint !== undefined) azure.control.setConnection(endpoint, 'Disconnected');
}

const foreign = fc.tuple(fc.constantFrom(...foreignNames), fc.constantFrom('10.20.0.9', '10.20.1.4')).map(
  ([name, address]) =>
    new Command(`a user puts ${name} at ${address} into the zone`, (life) => {
      if (Object.keys(life.now().zones).length === 0) return Promise.resolve();
      life.rig.sandbox.azure.control.setRecord({ zoneId, name, addresses: [address] });
      life.foreign.set(name, address);
      return Promise.resolve();
    }),
);

const foreignGoes = fc.constantFrom(...foreignNames).map(
  (name) =>
    new Command(`a user takes ${name} out of the zone`, (life) => {
      if (!life.foreign.delete(name)) return Promise.resolve();
      life.rig.sandbox.azure.control.remove(`${zoneId}/A/${name}`);
      return Promise.resolve();
    }),
);

const churn = fc.tuple(which, fc.constantFrom('suspend', 'resume', 'delete', 'restore')).map(
  ([one, what]) =>
    new Command(`the cluster of ${one}: ${what}`, (life) => {
      const { control } = life.rig.sandbox.zilliz;
      const [clusterId] = requests[one].clusters;
      if (what === 'suspend') control.suspend(clusterId);
      if (what === 'resume') control.resume(clusterId);
      if (what === 'delete') control.deleteCluster(clusterId);
      if (what === 'restore') control.restoreCluster(clusterId);
      return Promise.resolve();
    }),
);

const faults = fc
  .tuple(
    fc.constantFrom(
      'privateEndpoints.put',
      'privateEndpoints.get',
      'privateEndpoints.delete',
      'privateDnsZones.put',
      'privateDnsZones.delete',
      'virtualNetworkLinks.put',
      'virtualNetworkLinks.delete',
      'virtualNetworkLinks.list',
      'recordSets.put',
      'recordSets.delete',
      'zilliz.createPrivateEndpoint',
      'zilliz.deletePrivateEndpoint',
      'zilliz.listPrivateEndpoints',
    ),
    fc.constantFrom('busy', 'lost', 'reset', 'refused'),
    fc.integer({ min: 0, max: 2 }),
  )
  .map(
    ([call, kind, after]) =>
      new Command(`${call} will be ${kind} after ${after}`, (life) => {
        life.rig.sandbox.faults.order({ call, after, ...faultOf(kind) });
        return Promise.resolve();
      }),
  );

function faultOf(
  kind: string,
): Pick<Parameters<Life['rig']['sandbox']['faults']['order']>[0], 'fault' | 'times'> {
  if (kind === 'lost') return { fault: { kind: 'answerLost' } };
  if (kind === 'reset') return { fault: { kind: 'reset' } };
  if (kind === 'busy') return { fault: { kind: 'status', status: 503 }, times: 2 };
  const body = {
    code: 40999,
    message: 'No.',
    error: { code: 'ScopeLocked', message: 'The scope is locked.' },
  };
  return { fault: { kind: 'status', status: 409, body } };
}

const time = fc.integer({ min: 1, max: 30 }).map(
  (hours) =>
    new Command(`${hours} hours pass`, (life) => {
      life.pass(hours);
      return life.rig.host.whenIdle();
    }),
);

/** Every kind of step; those that make something come more often than those that break it. */
export const all: fc.Arbitrary<Step>[] = [
  connect,
  connect,
  connect,
  killed,
  cancelled,
  reconcile,
  reconcile,
  disconnect,
  disconnect,
  meddle,
  meddle,
  foreign,
  foreignGoes,
  churn,
  faults,
  faults,
  time,
];

function saysWhy({ status, problem }: Ended): void {
  if (problem === null || problem.detail === '') throw new Error(`It is ${status} and does not say why.`);
  if (problem.type.endsWith('internal-error')) throw new Error(`The software failed: ${problem.detail}`);
}

async function afterWrites(life: Life, id: string, count: number): Promise<void> {
  const { traffic } = life.rig.sandbox;
  const from = traffic.writes().length;
  const isOver = (): boolean =>
    !life.rig.host
      .instances()
      .some(
        ({ instanceId, runtimeStatus }) =>
          instanceId === id && ['Pending', 'Running'].includes(runtimeStatus),
      );
  await life.rig.host.runUntil(() => traffic.writes().length - from >= count || isOver());
}
