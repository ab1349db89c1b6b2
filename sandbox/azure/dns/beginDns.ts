import type { Reply } from '../../kernel/operation.ts';
import type { ArmCall } from '../protocol/armOperation.ts';
import type { OperationName } from '../access/actions.ts';
import { begin, privateDnsOperationId, privateDnsPollingHeaders } from '../protocol/longRunning.ts';
import type { DnsOperationKind } from '../protocol/longRunning.ts';
import type { ArmError, Effect } from '../state/longRunningSchema.ts';
import type { World } from '../state/world.ts';

/** Accepts a write of a zone or link: 202 with `{}` (nothing for a delete) and where to ask how it went. */
export function beginDns(
  world: World,
  call: ArmCall,
  operation: {
    readonly name: OperationName;
    readonly kind: DnsOperationKind;
    readonly durationMs: number;
    readonly effect: Effect;
    readonly failure?: ArmError | undefined;
  },
): Reply {
  const { name, kind, durationMs, effect, failure } = operation;
  const id = privateDnsOperationId(world, kind);
  const subscriptionId = call.params.subscription ?? '';
  begin(world, { name, id, subscriptionId, durationMs, effect, failure });
  return {
    status: 202,
    headers: privateDnsPollingHeaders(world, call, id),
    ...(call.method !== 'DELETE' && { body: {} }),
  };
}
