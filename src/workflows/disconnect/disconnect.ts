import * as z from 'zod';
import { whitelistEntrySchema } from '../../domain/connection/fieldSchemas.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { removalSubjectSchema } from '../../domain/plan/removalSubject.ts';
import { fittedRemoval } from '../../domain/run/customStatus.ts';
import { removalPhaseNames } from '../../domain/run/phase.ts';
import type { DisconnectResult } from '../../domain/run/result.ts';
import { newRunStatus, runStatusSchema } from '../../domain/run/status.ts';
import type { Workflow } from '../../durable/register.ts';
import { ContinueAsNew } from '../../durable/run.ts';
import { StagedRun, stagedStateSchema } from '../stagedRun.ts';
import { RemovalProgress, removalStateSchema } from './removalProgress.ts';
import { tearDown } from './tearDown.ts';

const BUDGET_MS = 60 * 60_000;
/** For a failure that begins late: with hundreds of zones a run waits for hours for its share of reads. */
const BUDGET_OF_ONE_FAILURE_MS = 15 * 60_000;

const disconnectInputSchema = z.object({
  subject: removalSubjectSchema,
  /** Name of the function key's fingerprint, or an object ID. */
  startedBy: z.string(),
  /** What an earlier run of the connection has noted. */
  whitelist: whitelistEntrySchema.optional(),
  state: stagedStateSchema
    .extend({
      status: runStatusSchema.default(() => newRunStatus(removalPhaseNames)),
      /** When the run started, in milliseconds since the epoch; null in its first execution. */
      startedAt: z.number().nullable().default(null),
      removal: removalStateSchema.prefault({}),
    })
    .prefault({}),
});

export type DisconnectInput = z.infer<typeof disconnectInputSchema>;

/** Removes a connection: only resources with its mark, and none that others use. */
export const disconnect: Workflow<DisconnectInput, DisconnectResult> = {
  parse: (input) => disconnectInputSchema.parse(input),
  *run(run, input) {
    const { subject, state } = input;
    const startedAt = (state.startedAt ??= run.now());
    state.removal.whitelist ??= input.whitelist ?? null;
    const disconnecting = new StagedRun(run, state, {
      restart: () => {
        throw new ContinueAsNew(input);
      },
      until: (since) => Math.max(startedAt + BUDGET_MS, since + BUDGET_OF_ONE_FAILURE_MS),
    });
    try {
      const result = yield* tearDown(disconnecting, state.removal, { subject, tolerant: false });
      const isUnasked = Object.values(state.removal.entries).some(({ unasked = false }) => unasked);
      const isKept = Object.values(state.removal.entries).some(
        (entry) => entry.resource === 'private endpoint' && entry.state === 'kept',
      );
      const outcome = isUnasked ? 'degraded' : isKept ? 'kept' : 'disconnected';
      return { ...result, outcome, writes: { ...state.writes }, omitted: 0 };
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      disconnecting.fail(error);
      const known = new RemovalProgress(state.removal).result(false);
      const removal = { ...known, outcome: 'failed', writes: { ...state.writes }, omitted: 0 } as const;
      disconnecting.show({ ...state.status, removal: fittedRemoval(removal) });
      throw disconnecting.ended();
    }
  },
};
