import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { subjectOf } from '../../domain/plan/removalSubject.ts';
import { removalPhaseNames } from '../../domain/run/phase.ts';
import { withMorePhases, withUndo } from '../../domain/run/status.ts';
import type { Step } from '../../durable/run.ts';
import { tearDown } from '../disconnect/tearDown.ts';
import type { ConnectRun } from './connectRun.ts';
import { removeUnusedZones } from './obsolete.ts';

/** A zone and link for a name without a record would hide the name from the network. */
function* removeEarlyDns(run: ConnectRun): Step<void> {
  const { 'create-endpoint': endpoint } = run.state.done;
  const isLeft = Object.keys(run.state.dns.early).length > 0 || run.state.obsolete.due.length > 0;
  if (!endpoint || !isLeft) return;
  run.show(withMorePhases(run.state.status, ['remove-zones']));
  yield* run.stage('remove-zones', z.null(), function* () {
    yield* removeUnusedZones(run, endpoint);
    return null;
  });
}

/**
 * Takes the connection down as disconnect does, if the request says so and the connection came to be in this run. Otherwise
 * everything stays, and the status says why. A failure of the undo does not hide the first one.
 */
export function* undo(run: ConnectRun): Step<void> {
  const { connection, state } = run;
  if (connection.onFailure !== 'undo') return yield* removeEarlyDns(run);
  const nothing = { removed: [], kept: [], failed: [], manualSteps: [] };
  if (state.done.preflight?.beginsConnection !== true) {
    // Before the first write there is nothing to undo, and nothing to say.
    if (Object.keys(state.writes).length === 0) return;
    const manual =
      'the connection existed before this run, so nothing is undone: POST the request again, or DELETE it';
    run.show(withUndo(state.status, { ...nothing, manualSteps: [manual] }));
    return;
  }
  run.show(withMorePhases(state.status, removalPhaseNames));
  state.removal.whitelist ??= state.status.whitelist ?? null;
  try {
    const result = yield* tearDown(run, state.removal, { subject: subjectOf(connection), tolerant: true });
    run.show(withUndo(state.status, result));
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    run.failPhase(error.failure.message);
    const failed = [{ resource: 'connection', id: connection.id, reason: error.failure.message }];
    run.show(withUndo(state.status, { ...nothing, failed }));
  }
}
