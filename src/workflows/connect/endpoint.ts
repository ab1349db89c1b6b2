import type { EndpointView } from '../../activities/privateEndpoint.ts';
import { endpointId as endpointIdOf } from '../../domain/connection/names.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Step } from '../../durable/run.ts';
import { endpointReady } from '../waits.ts';
import { fail } from './connectRun.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';

/** For a moment, reads of Azure may miss an endpoint that it has accepted. */
const SHOWN_MS = 60_000;

/** Returns the existing endpoint; null if it has just been submitted. */
export function* submitEndpoint(
  run: ConnectRun,
  service: string,
  location: string,
  followed: boolean,
): Step<EndpointView | null> {
  const { steps, connection, whitelistedAt } = run;
  const { view, marked } = yield* steps.ensurePrivateEndpoint({
    connection,
    service,
    location,
    whitelistedAt,
    follow: followed,
  });
  run.wrote('private endpoint', view === null ? 1 : 0);
  run.wrote('marks', marked ? 1 : 0);
  return view;
}

/** Waits until Azure has finished creating it and shows its GUID and its address. `existing` is what was found at submit. */
export function* awaitEndpoint(
  run: ConnectRun,
  service: string,
  location: string,
  existing: EndpointView | null,
): Step<ReadyEndpoint> {
  const view =
    existing !== null && missingOf(existing) === null
      ? existing
      : yield* awaitView(run, 'endpoint', existing === null);
  const { view: last, reason } = yield* recover(run, service, location, view);
  if (last.state === 'failed' && reason) throw reason;
  return readyEndpointOf(run, last);
}

/**
 * Submits a failed endpoint once more, to repair it and to learn the reason. If it fails again, it is replaced, provided that
 * it is not in use.
 */
function* recover(
  run: ConnectRun,
  service: string,
  location: string,
  observed: EndpointView,
): Step<{ readonly view: EndpointView; readonly reason: ProvisioningError | null }> {
  if (observed.state !== 'failed' && observed.state !== 'absent') return { view: observed, reason: null };
  const reason = yield* submitAgain(run, service, location);
  const view = yield* awaitView(run, 'endpoint again');
  if (view.state !== 'failed' || !(yield* discardFailed(run))) return { view, reason };
  yield* submitEndpoint(run, service, location, true);
  return { view: yield* awaitView(run, 'endpoint anew'), reason };
}

/** Returns the endpoint if it is complete; fails with what is missing otherwise. */
function readyEndpointOf({ connection }: ConnectRun, view: EndpointView): ReadyEndpoint {
  const { id, name } = connection.privateEndpoint;
  if (view.state === 'failed') fail('endpoint-failed', `${id} ended in the provisioning state Failed`);
  if (view.state === 'absent') fail('endpoint-changed', `${id} is gone`);
  if (view.state === 'working') fail('endpoint-slow', `${id} is not Succeeded after 15 minutes`);
  if (view.address === null) fail('endpoint-without-address', `${id} shows no address`);
  const endpointId = view.resourceGuid === null ? null : endpointIdOf(name, view.resourceGuid);
  if (endpointId === null) fail('endpoint-without-guid', `${id} shows no resource GUID`);
  return { endpointId, address: view.address };
}

/** Returns the reason if it failed again. */
function* submitAgain(run: ConnectRun, service: string, location: string): Step<ProvisioningError | null> {
  try {
    yield* submitEndpoint(run, service, location, true);
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'endpoint-failed') return error;
    throw error;
  }
}

function awaitView(run: ConnectRun, name: string, justBegun = false): Step<EndpointView> {
  const from = run.now();
  return run.poll({
    name,
    read: () => run.steps.readPrivateEndpoint({ connection: run.connection }),
    missing: (view) =>
      view.state === 'absent' && run.now() - from < SHOWN_MS
        ? 'Azure does not show the private endpoint'
        : missingOf(view),
    schedule: endpointReady,
    justBegun,
    until: { seconds: 900 },
  });
}

/** Returns what the endpoint lacks; null if nothing, or if waiting does not help. */
function missingOf(view: EndpointView): string | null {
  if (view.state === 'absent' || view.state === 'failed') return null;
  if (view.state === 'working') return 'Azure is creating the private endpoint';
  if (view.resourceGuid === null) return 'Azure does not show the resource GUID yet';
  return view.address === null ? 'the private endpoint has no address yet' : null;
}

/** Deletes a private endpoint of this app that stays Failed and that Zilliz does not list. Returns whether it is deleted. */
function* discardFailed(run: ConnectRun): Step<boolean> {
  const { connection, steps } = run;
  const { discarded } = yield* steps.discardFailedEndpoint({ connection });
  if (!discarded) return false;
  const last = yield* run.poll({
    name: 'endpoint gone',
    read: () => steps.readPrivateEndpoint({ connection }),
    missing: ({ state }) => (state === 'absent' ? null : 'Azure is deleting the failed private endpoint'),
    schedule: endpointReady,
    until: { seconds: 900 },
  });
  return last.state === 'absent';
}
