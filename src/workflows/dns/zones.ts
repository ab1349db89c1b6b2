import { wantedZoneId } from '../../domain/resources/zone.ts';
import type { Step } from '../../durable/run.ts';
import { fail } from '../connect/connectRun.ts';
import { soon } from '../waits.ts';
import type { RecordRun } from './records.ts';

/** Answers the zone's ID. Unlinked, the zone changes nothing for anybody. */
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
  // A run that has renewed itself asked before; the zone may be one that was there, in another group.
  const zoneId = zoneIds.get(zoneName) ?? (yield* steps.findZone({ connection, zoneName })).zoneId;
  zoneIds.set(zoneName, zoneId);
  if (isNew) run.continueAsNewWhenIdle();
  return zoneId;
}

function zoneWait({ connection }: RecordRun, zoneName: string): string {
  return `zone ${wantedZoneId(connection, zoneName)}`;
}

/** A zone that is not there after a minute may have failed: it is made again, followed to its end to learn why. */
export function* awaitZone(run: RecordRun, zoneName: string): Step<void> {
  const { connection, steps, settled } = run;
  if (settled.zones.has(zoneName)) return;
  const there = (name: string, seconds: number) =>
    run.poll({
      name,
      look: () => steps.readZone({ connection, zoneName }),
      missing: ({ exists }) => (exists ? null : `Azure is creating the zone ${zoneName}`),
      schedule: soon,
      until: { seconds },
    });
  const first = yield* there(zoneWait(run, zoneName), 60);
  if (!first.exists) {
    const again = `${zoneWait(run, zoneName)} again`;
    yield* run.callOnce(again, function* () {
      const { created } = yield* steps.ensureZone({ connection, zoneName, follow: true });
      run.wrote('zone', created ? 1 : 0);
    });
    const last = yield* there(again, 600);
    if (!last.exists) fail('zone-slow', `${zoneName} is not there after 10 minutes`);
  }
  settled.zones.add(zoneName);
  run.continueAsNewWhenIdle();
}
