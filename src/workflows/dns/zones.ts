import { wantedZoneId } from '../../domain/resources/zone.ts';
import type { Step } from '../../durable/run.ts';
import { fail } from '../connect/connectRun.ts';
import { soon } from '../waits.ts';
import type { RecordRun } from './records.ts';

/** Submits the zone and returns its ID. An unlinked zone has no effect on name resolution. */
export function* submitZone(run: RecordRun, zoneName: string): Step<string> {
  const { connection, steps, zoneIds, settled } = run;
  const known = zoneIds.get(zoneName);
  if (known !== undefined && settled.zones.has(zoneName)) return known;
  const isNew = yield* run.callOnce(zoneWait(run, zoneName), function* () {
    const zone = yield* steps.ensureZone({ connection, zoneName, follow: false });
    run.wrote('zone', zone.created ? 1 : 0);
    run.wrote('marks', zone.adopted ? 1 : 0);
    zoneIds.set(zoneName, zone.zoneId);
  });
  // The run may have submitted it before it continued as new; it may also be an existing zone in another group.
  const zoneId = zoneIds.get(zoneName) ?? (yield* steps.findZone({ connection, zoneName })).zoneId;
  zoneIds.set(zoneName, zoneId);
  if (isNew) run.continueAsNewWhenIdle();
  return zoneId;
}

function zoneWait({ connection }: RecordRun, zoneName: string): string {
  return `zone ${wantedZoneId(connection, zoneName)}`;
}

/** A zone that does not exist after a minute may have failed: it is submitted again and followed, to learn the reason. */
export function* awaitZone(run: RecordRun, zoneName: string): Step<void> {
  const { connection, steps, settled } = run;
  if (settled.zones.has(zoneName)) return;
  const awaitExisting = (name: string, seconds: number) =>
    run.poll({
      name,
      read: () => steps.readZone({ connection, zoneName }),
      missing: ({ exists }) => (exists ? null : `Azure is creating the zone ${zoneName}`),
      schedule: soon,
      until: { seconds },
    });
  const first = yield* awaitExisting(zoneWait(run, zoneName), 60);
  if (!first.exists) {
    const again = `${zoneWait(run, zoneName)} again`;
    yield* run.callOnce(again, function* () {
      const { created } = yield* steps.ensureZone({ connection, zoneName, follow: true });
      run.wrote('zone', created ? 1 : 0);
    });
    const last = yield* awaitExisting(again, 600);
    if (!last.exists) fail('zone-slow', `${zoneName} is not there after 10 minutes`);
  }
  settled.zones.add(zoneName);
  run.continueAsNewWhenIdle();
}
