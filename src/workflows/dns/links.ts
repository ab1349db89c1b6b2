import type { LinkState, LinkView } from '../../activities/links.ts';
import { sameResource } from '../../domain/connection/resourceId.ts';
import type { Warning } from '../../domain/plan/warnings.ts';
import { registrationOf } from '../../domain/resources/virtualNetworkLink.ts';
import type { Step } from '../../durable/run.ts';
import { fail } from '../connect/connectRun.ts';
import { linkCompleted } from '../waits.ts';
import type { RecordRun } from './records.ts';

/** DNS step 2, items 1 and 2. The last step: from here on the networks resolve the zones, and the zones hold the records. */
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
  const pending = links.filter((link) => !run.settled.links.has(linkWait(link)));
  const found = new Map<Link, LinkView['state']>();
  for (const link of pending) {
    const isNew = yield* run.callOnce(linkWait(link), function* () {
      found.set(link, yield* submitLink(run, link, registration, false));
    });
    if (isNew) run.continueAsNewWhenIdle();
  }
  for (const link of pending) {
    yield* awaitLink(run, link, registration, found.get(link));
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

/** Returns the state in which it found the link. */
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
 * `found` is the state of the link at submit; undefined if the run has continued as new since. A link that does not exist
 * after a minute may have failed: it is submitted again and followed, to learn the reason.
 */
function* awaitLink(
  run: RecordRun,
  link: Link,
  registration: boolean | null,
  found: LinkView['state'] | undefined,
): Step<void> {
  const named = `the link of ${link.virtualNetworkId}`;
  const isOwn = sameResource(link.virtualNetworkId, run.connection.virtualNetworkId);
  // The quota for reads of private DNS is small: a link that already existed as desired is not read again.
  let known: LinkState | null = found === 'completed' ? { state: found } : null;
  const read = function* (): Step<LinkState> {
    const view =
      known ?? (yield* run.steps.readLink({ ...link, registration: isOwn ? registration : false }));
    known = null;
    return view;
  };
  const completed = (name: string, seconds: number, fresh: boolean) =>
    run.poll({
      name,
      read,
      missing: ({ state }) => (state === 'completed' ? null : `Azure works on ${named}`),
      schedule: linkCompleted,
      justBegun: fresh,
      until: { seconds },
    });
  const first = yield* completed(linkWait(link), 90, found === 'created');
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
