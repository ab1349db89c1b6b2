import { RequestLimiter } from '../../src/adapters/azure/requestLimiter.ts';
import { unconfiguredPorts } from '../../src/lazyPorts.ts';
import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import type { RecordSets } from '../../src/domain/resources/model.ts';
import type { Ports } from '../../src/ports.ts';
import { waitForDnsQuota } from '../../src/queries/memoizedReads.ts';

/** Same as in src/wiring.ts, but without the short sleeps of the limiter itself, which would be real. */
const limit = { burst: 60, perSecond: 0.3, perSecondWhenCounted: 1, longestWaitSeconds: 0 };

let reads: number;
let ports: Ports;
let fails: boolean;

beforeEach(() => {
  jest.useFakeTimers();
  reads = 0;
  fails = false;
  const limiter = new RequestLimiter(limit);
  const tooBusy = (retryAfterSeconds: number): Error =>
    new ProvisioningError({
      ...{ kind: 'transient', code: 'azure-throttled', source: 'app', message: 'wait' },
      retryAfterSeconds,
    });
  const read = async (): Promise<[]> => {
    await limiter.turn(tooBusy);
    if (fails)
      throw new ProvisioningError({
        kind: 'transient',
        code: 'azure-unavailable',
        source: 'azure',
        message: 'no',
      });
    reads += 1;
    return [];
  };
  const recordSets = async (): Promise<RecordSets> => {
    await read();
    return { records: [], texts: [], others: 0 };
  };
  const unconfigured = unconfiguredPorts([]);
  ports = { ...unconfigured, dns: { ...unconfigured.dns, zones: read, links: read, recordSets } };
});

afterEach(() => jest.useRealTimers());

/** Lists the zones, then reads links and records of each, in parallel. */
async function readZones({ dns }: Ports, zones: number): Promise<unknown> {
  await dns.zones('subscription');
  return Promise.all(
    Array.from({ length: zones }, (_, index) =>
      Promise.all([dns.links(`${index}`), dns.recordSets(`${index}`)]),
    ),
  );
}

async function advance(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

describe('an activity that reads more zones than the DNS quota allows at once', () => {
  it('ends within its time limit', async () => {
    const reading = readZones(waitForDnsQuota(ports), 50);
    await advance(360);
    await reading;

    expect(reads).toBe(101);
  });

  it('would always fail without the wait', async () => {
    await expect(readZones(ports, 50)).rejects.toThrow('wait');
    await advance(3600);
    await expect(readZones(ports, 50)).rejects.toThrow('wait');
  });

  it('fails at once if little quota is left', async () => {
    await readZones(ports, 20);

    await expect(readZones(waitForDnsQuota(ports), 14)).rejects.toThrow('wait');
  });

  it('fails if it takes longer than an activity may take', async () => {
    const reading = readZones(waitForDnsQuota(ports), 500);
    const ended = expect(reading).rejects.toThrow('wait');
    await advance(400);

    await ended;
  });

  it('does not wait after any other failure', async () => {
    const waiting = waitForDnsQuota(ports);
    await readZones(waiting, 20);
    fails = true;

    await expect(waiting.dns.links('zone')).rejects.toThrow('no');
  });
});
