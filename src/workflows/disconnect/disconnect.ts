import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { removalSubjectSchema } from '../../domain/plan/removalSubject.ts';
import { removalPhaseNames } from '../../domain/run/phase.ts';
import type { DisconnectResult } from '../../domain/run/result.ts';
import { newRunStatus } from '../../domain/run/status.ts';
import type { Workflow } from '../../durable/register.ts';
import { PhasedRun } from '../phasedRun.ts';
import { tearDown } from './tearDown.ts';

const disconnectInputSchema = z.object({
  subject: removalSubjectSchema,
  /** Name of the function key's fingerprint, or an object ID. */
  startedBy: z.string(),
});

export type DisconnectInput = z.infer<typeof disconnectInputSchema>;

/** Removes a connection: only resources with its mark, and none that others use. */
export const disconnect: Workflow<DisconnectInput, DisconnectResult> = {
  parse: (input) => disconnectInputSchema.parse(input),
  *run(run, { subject }) {
    const disconnecting = new PhasedRun(run, { status: newRunStatus(removalPhaseNames), writes: {} });
    try {
      const result = yield* tearDown(disconnecting, { subject, tolerant: false });
      const stays = result.kept.some(({ resource }) => resource === 'private endpoint');
      return { ...result, outcome: stays ? 'kept' : 'disconnected', writes: { ...disconnecting.writes } };
    } catch (error) {
      if (error instanceof ProvisioningError) throw disconnecting.failed(error);
      throw error;
    }
  },
};
