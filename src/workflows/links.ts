import type { Warning } from '../domain/warnings.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { RecordRun } from './records.ts';
import { linkCompleted } from './schedule.ts';

/** DNS step 2, items 1 and 2, last of all: from here on the zones answer in the networks, and the records are in them. */
export function* linkNetworks(
  run: RecordRun,
  zoneIds: readonly string[],
  warnings: readonly Warning[],
): Step<void> {
  if (!run.connection.spec.dns.manage) return;
  const registration =
    run.connection.spec.dns.autoRegistration && !warnings.some(({ code }) => code === 'registered-elsewhere');
  const links = zoneIds.flatMap((zoneId) =>
    run.connection.linkedNetworks.map((virtualNetworkId) => ({ zoneId, virtualNetworkId })),
  );
  for (const link of links) {
    yield* run.askOnce(linkWait(link), () => submitLink(run, link, registration, false));
  }
  for (const link of links) yield* awaitLink(run, link, registration);
}

interface Link {
  readonly zoneId: string;
  readonly virtualNetworkId: string;
}

function linkWait({ zoneId, virtualNetworkId }: Link): string {
  return `link ${zoneId} ${virtualNetworkId}`;
}

function* submitLink(run: RecordRun, link: Link, registration: boolean, follow: boolean): Step<void> {
  const { state } = yield* run.steps.ensureLink({
    connection: run.connection,
    ...link,
    registration,
    follow,
  });
  run.wrote('link', state === 'created' ? 1 : 0);
}

/** A link that is not there after a minute may have failed: it is made again, followed to its end to learn why. */
function* awaitLink(run: RecordRun, link: Link, registration: boolean): Step<void> {
  const named = `the link of ${link.virtualNetworkId}`;
  const completed = (name: string, seconds: number) =>
    run.poll({
      name,
      look: () => run.steps.readLink(link),
      missing: ({ state }) => (state === 'completed' ? null : `Azure works on ${named}`),
      schedule: linkCompleted,
      until: { seconds },
    });
  const first = yield* completed(linkWait(link), 90);
  if (first.state === 'completed') return;
  if (first.state === 'absent') yield* submitLink(run, link, registration, true);
  const last = yield* completed(`${linkWait(link)} again`, 900);
  if (last.state !== 'completed') stop('link-slow', `${named} is ${last.state} after 15 minutes`);
}
