import type { EndpointView } from '../../activities/privateEndpoint.ts';
import { endpointId as endpointIdOf } from '../../domain/connection/names.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Step } from '../../durable/run.ts';
import { endpointReady } from '../waits.ts';
import { fail } from './connectRun.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';

/** For a moment Azure may miss what it has taken on. */
const SHOWN_MS = 60_000;

/** Answers the endpoint as it was there; null where it has just been submitted. */
export function* submitEndpoint(
  run: ConnectRun,
  service: string,
  location: string,
  watched: boolean,
): Step<EndpointView | null> {
  const { steps, connection, whitelistedAt } = run;
  const { view, marked } = yield* steps.ensurePrivateEndpoint({
    connection,
    service,
    location,
    whitelistedAt,
    follow: watched,
  });
  run.wrote('private endpoint', view === null ? 1 : 0);
  run.wrote('marks', marked ? 1 : 0);
  return view;
}

/** Until Azure is done with it and shows its GUID and its address. */
export function* awaitEndpoint(
  run: ConnectRun,
  service: string,
  location: string,
  there: EndpointView | null,
): Step<ReadyEndpoint> {
  const { id, name } = run.connection.privateEndpoint;
  let view = there;
  if (view === null || missingOf(view) !== null) view = yield* lookAtEndpoint(run, 'endpoint', view === null);
  // A failed one is put once more, to heal it and to learn why; a second time it is replaced, as long as nobody uses it.
  let reason: ProvisioningError | null = null;
  if (view.state === 'failed' || view.state === 'absent') {
    reason = yield* submitAgain(run, service, location);
    view = yield* lookAtEndpoint(run, 'endpoint again');
  }
  if (view.state === 'failed' && (yield* discardFailed(run))) {
    yield* submitEndpoint(run, service, location, true);
    view = yield* lookAtEndpoint(run, 'endpoint anew');
  }
  if (view.state === 'failed' && reason) throw reason;
  if (view.state === 'failed') fail('endpoint-failed', `${id} ended in the provisioning state Failed`);
  if (view.state === 'absent') fail('endpoint-changed', `${id} is gone`);
  if (view.state === 'working') fail('endpoint-slow', `${id} is not Succeeded after 15 minutes`);
  if (view.address === null) fail('endpoint-without-address', `${id} shows no address`);
  const endpointId = view.resourceGuid === null ? null : endpointIdOf(name, view.resourceGuid);
  if (endpointId === null) fail('endpoint-without-guid', `${id} shows no resource GUID`);
  return { endpointId, address: view.address };
}

/** Answers why it failed once more, if it did. */
function* submitAgain(run: ConnectRun, service: string, location: string): Step<ProvisioningError | null> {
  try {
    yield* submitEndpoint(run, service, location, true);
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'endpoint-failed') return error;
    throw error;
  }
}

function lookAtEndpoint(run: ConnectRun, name: string, justBegun = false): Step<EndpointView> {
  const from = run.now();
  return run.poll({
    name,
    look: () => run.steps.readPrivateEndpoint({ connection: run.connection }),
    missing: (view) =>
      view.state === 'absent' && run.now() - from < SHOWN_MS
        ? 'Azure does not show the private endpoint'
        : missingOf(view),
    schedule: endpointReady,
    justBegun,
    until: { seconds: 900 },
  });
}

/** What the endpoint still lacks; null when nothing, and when waiting would not help. */
function missingOf(view: EndpointView): string | null {
  if (view.state === 'absent' || view.state === 'failed') return null;
  if (view.state === 'working') return 'Azure is creating the private endpoint';
  if (view.resourceGuid === null) return 'Azure does not show the resource GUID yet';
  return view.address === null ? 'the private endpoint has no address yet' : null;
}

/** Deletes a private endpoint of ours that stays Failed and that Zilliz does not know; answers whether it is gone. */
function* discardFailed(run: ConnectRun): Step<boolean> {
  const { connection, steps } = run;
  const { discarded } = yield* steps.discardFailedEndpoint({ connection });
  if (!discarded) return false;
  const last = yield* run.poll({
    name: 'endpoint gone',
    look: () => steps.readPrivateEndpoint({ connection }),
    missing: ({ state }) => (state === 'absent' ? null : 'Azure is deleting the failed private endpoint'),
    schedule: endpointReady,
    until: { seconds: 900 },
  });
  return last.state === 'absent';
}
