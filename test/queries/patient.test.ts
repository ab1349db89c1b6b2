import { RequestLimiter } from '../../src/adapters/azure/requestLimiter.ts';
import { unconfiguredPorts } from '../../src/adapters/unconfigured.ts';
import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import type { Ports } from '../../src/ports.ts';
import { waitForDnsQuota } from '../../src/queries/memoizedReads.ts';

/** As in src/wiring.ts, but without the short sleeps of the limiter itself, which would be real. */
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
  const unconfigured = unconfiguredPorts([]);
  ports = { ...unconfigured, dns: { ...unconfigured.dns, zones: read, links: read, records: read } };
});

afterEach(() => jest.useRealTimers());

/** One list of zones, and two readings of each, all at once. */
async function readZones({ dns }: Ports, zones: number): Promise<unknown> {
  await dns.zones('subscription');
  return Promise.all(
    Array.from({ length: zones }, (_, index) =>
      Promise.all([dns.links(`${index}`), dns.records(`${index}`)]),
    ),
  );
}

async function advance(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

describe('an activity that reads more zones than may be read at once', () => {
  it('comes to its end within the time that it may take', async () => {
    const reading = readZones(waitForDnsQuota(ports), 50);
    await advance(360);
    await reading;

    expect(reads).toBe(101);
  });

  it('would begin again and again without patience', async () => {
    await expect(readZones(ports, 50)).rejects.toThrow('wait');
    await advance(3600);
    await expect(readZones(ports, 50)).rejects.toThrow('wait');
  });

  it('is sent back to its run at once where it comes at a bad moment', async () => {
    await readZones(ports, 20);

    await expect(readZones(waitForDnsQuota(ports), 14)).rejects.toThrow('wait');
  });

  it('gives up when it takes longer than an activity may', async () => {
    const reading = readZones(waitForDnsQuota(ports), 500);
    const ended = expect(reading).rejects.toThrow('wait');
    await advance(400);

    await ended;
  });

  it('does not wait for what fails in another way', async () => {
    const patiently = waitForDnsQuota(ports);
    await readZones(patiently, 20);
    fails = true;

    await expect(patiently.dns.links('zone')).rejects.toThrow('no');
  });
});
