import type { LinkState, LinkView } from '../../activities/links.ts';
import { sameResource } from '../../domain/connection/resourceId.ts';
import type { Warning } from '../../domain/plan/warnings.ts';
import { registrationOf } from '../../domain/resources/virtualNetworkLink.ts';
import type { Step } from '../../durable/run.ts';
import { fail } from '../connect/connectRun.ts';
import { linkCompleted } from '../waits.ts';
import type { RecordRun } from './records.ts';

/** DNS step 2, items 1 and 2, last of all: from here on the zones answer in the networks, and the records are in them. */
export function* linkNetworks(
  run: RecordRun,
  zoneIds: readonly string[],
  warnings: readonly Warning[],
): Step<void> {
  if (!run.connection.spec.dns.manage) return;
  const registration = run.connection.spec.dns.autoRegistration ? registrationOf(warnings) : false;
  const links = zoneIds.flatMap((zoneId) =>
    run.connection.linkedNetworks.map((virtualNetworkId) => ({ zoneId, virtualNetworkId })),
  );
  const open = links.filter((link) => !run.settled.links.has(linkWait(link)));
  const asked = new Map<Link, LinkView['state']>();
  for (const link of open) {
    const isNew = yield* run.callOnce(linkWait(link), function* () {
      asked.set(link, yield* submitLink(run, link, registration, false));
    });
    if (isNew) run.continueAsNewWhenIdle();
  }
  for (const link of open) {
    yield* awaitLink(run, link, registration, asked.get(link));
    run.settled.links.add(linkWait(link));
    run.continueAsNewWhenIdle();
  }
}

interface Link {
  readonly zoneId: string;
  readonly virtualNetworkId: string;
}

function linkWait({ zoneId, virtualNetworkId }: Link): string {
  return `link ${zoneId} ${virtualNetworkId}`;
}

/** Answers how it found the link. */
function* submitLink(
  run: RecordRun,
  link: Link,
  registration: boolean | null,
  follow: boolean,
): Step<LinkView['state']> {
  const { state, written } = yield* run.steps.ensureLink({
    connection: run.connection,
    ...link,
    registration,
    follow,
  });
  run.wrote('link', state === 'created' || written ? 1 : 0);
  return state;
}

/**
 * `asked`: how the link was found just now; undefined where the run has renewed itself since. A link that is not there after
 * a minute may have failed: it is made again, followed to its end to learn why.
 */
function* awaitLink(
  run: RecordRun,
  link: Link,
  registration: boolean | null,
  asked: LinkView['state'] | undefined,
): Step<void> {
  const named = `the link of ${link.virtualNetworkId}`;
  const isOwn = sameResource(link.virtualNetworkId, run.connection.virtualNetworkId);
  // Reads of private DNS are few: one that was there and as wanted is not read again.
  let known: LinkState | null = asked === 'completed' ? { state: asked } : null;
  const look = function* (): Step<LinkState> {
    const seen =
      known ?? (yield* run.steps.readLink({ ...link, registration: isOwn ? registration : false }));
    known = null;
    return seen;
  };
  const completed = (name: string, seconds: number, fresh: boolean) =>
    run.poll({
      name,
      look,
      missing: ({ state }) => (state === 'completed' ? null : `Azure works on ${named}`),
      schedule: linkCompleted,
      justBegun: fresh,
      until: { seconds },
    });
  const first = yield* completed(linkWait(link), 90, asked === 'created');
  if (first.state === 'completed') return;
  const again = `${linkWait(link)} again`;
  if (first.state === 'absent') {
    yield* run.callOnce(again, function* () {
      yield* submitLink(run, link, registration, true);
    });
  }
  const last = yield* completed(again, 900, false);
  if (last.state !== 'completed') fail('link-slow', `${named} is ${last.state} after 15 minutes`);
}
