import type { Instance, WorkflowClient } from '../../src/durable/client.ts';

/** A hub of one run, as far as handlers see it. Notes what it is asked. */
export interface FakeHub extends WorkflowClient {
  readonly calls: string[];
  /** The run that `read` returns. */
  instance: Instance | null;
  /** Runs before each call is answered; may throw. */
  before: (call: string) => void | Promise<void>;
}

export function fakeHub(): FakeHub {
  const hub: FakeHub = {
    calls: [],
    instance: null,
    before: () => undefined,
    read: (id) => answer(`read ${id}`, () => hub.instance),
    active: () => answer('active', () => (hub.instance ? [hub.instance] : [])),
    failed: () => answer('failed', () => []),
    ended: () => answer('ended', () => []),
    start: (workflow, id) =>
      answer(`start ${workflow} ${id}`, () => {
        if (hub.instance?.runtimeStatus === 'Running') return 'already-running';
        hub.instance = anInstance({ instanceId: id, name: workflow });
        return 'started';
      }),
    terminate: (id) => answer(`terminate ${id}`, () => undefined),
    raise: (id, event) => answer(`raise ${event} on ${id}`, () => undefined),
    purgeFinished: (before) => answer(`purge before ${new Date(before).toISOString()}`, () => 0),
  };
  const answer = async <T>(call: string, result: () => T): Promise<T> => {
    hub.calls.push(call);
    await hub.before(call);
    return result();
  };
  return hub;
}

export function anInstance(change: Partial<Instance> = {}): Instance {
  return {
    instanceId: 'one',
    name: 'sync',
    runtimeStatus: 'Running',
    input: null,
    output: null,
    customStatus: null,
    createdAt: 0,
    beganAt: 0,
    updatedAt: 0,
    ...change,
  };
}

/** The custom status of a sync run in a round. */
export function inRound(round: number): object {
  return { round, state: 'round', reason: null, listed: 0, connections: [] };
}
