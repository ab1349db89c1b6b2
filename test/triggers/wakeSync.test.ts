import { syncInstanceId } from '../../src/domain/connection/names.ts';
import { wakeSync } from '../../src/triggers/wakeSync.ts';
import { anInstance, fakeHub, inRound } from '../http/workflowClients.ts';
import type { FakeHub } from '../http/workflowClients.ts';

const where = { projectId: 'proj-1', regionId: 'az-eastus' };
const ID = syncInstanceId(where);
let hub: FakeHub;

beforeEach(() => {
  hub = fakeHub();
});

function raised(): number {
  return hub.calls.filter((call) => call.startsWith('raise')).length;
}

describe('waking the sync of a project and region', () => {
  it('starts its run when none is running', async () => {
    await wakeSync().wake(hub, where);

    expect(hub.calls).toEqual([`read ${ID}`, `start sync ${ID}`]);
  });

  it('starts it again when the last one has ended', async () => {
    hub.instance = anInstance({ runtimeStatus: 'Failed' });

    await wakeSync().wake(hub, where);

    expect(hub.calls).toContain(`start sync ${ID}`);
  });

  it('signals the active run, and checks that it is still active', async () => {
    hub.instance = anInstance({ customStatus: inRound(1) });

    await wakeSync().wake(hub, where);

    expect(hub.calls).toEqual([`read ${ID}`, `raise hint on ${ID}`, `read ${ID}`]);
  });

  it('starts a run when the one that was hinted has ended in between', async () => {
    hub.instance = anInstance({ customStatus: inRound(1) });
    hub.before = (call) => {
      if (call.startsWith('raise') && hub.instance)
        hub.instance = { ...hub.instance, runtimeStatus: 'Completed' };
    };

    await wakeSync().wake(hub, where);

    expect(hub.calls.at(-1)).toBe(`start sync ${ID}`);
  });

  it('hints once in a round, and again in the next', async () => {
    const waker = wakeSync();
    hub.instance = anInstance({ customStatus: inRound(1) });
    for (let count = 0; count < 5; count++) await waker.wake(hub, where);
    const inTheFirst = raised();
    hub.instance = anInstance({ customStatus: inRound(2) });
    await waker.wake(hub, where);

    expect([inTheFirst, raised()]).toEqual([1, 2]);
  });

  it('hints again to another run that is in a round of the same number', async () => {
    const waker = wakeSync();
    hub.instance = anInstance({ customStatus: inRound(1) });
    await waker.wake(hub, where);
    hub.instance = anInstance({ customStatus: inRound(1), createdAt: 60_000 });
    await waker.wake(hub, where);

    expect(raised()).toBe(2);
  });

  it('lets those that come at the same time share', async () => {
    const waker = wakeSync();
    hub.instance = anInstance({ customStatus: null });

    await Promise.all(Array.from({ length: 100 }, () => waker.wake(hub, where)));

    expect(raised()).toBeLessThanOrEqual(2);
    expect(hub.calls.length).toBeLessThanOrEqual(6);
  });

  it('fails for those who wait when the hub does not answer, and works again afterwards', async () => {
    const waker = wakeSync();
    hub.before = () => {
      throw new Error('the hub is away');
    };
    const failing = await Promise.allSettled([waker.wake(hub, where), waker.wake(hub, where)]);
    hub.before = () => undefined;

    await waker.wake(hub, where);

    expect(failing.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(hub.calls).toContain(`start sync ${ID}`);
  });
});
