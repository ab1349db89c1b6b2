import type { Instant } from '../../kernel/clock.ts';
import type { ArmError, Effect } from '../state/longRunningSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { AzureState } from '../state/schema.ts';

/** Ends the creation or update of a private endpoint: `Succeeded` although its connection may still be Pending. */
export function applySettleEndpoint(
  state: AzureState,
  effect: Extract<Effect, { kind: 'settleEndpoint' }>,
  failure: ArmError | undefined,
): ArmError | undefined {
  const endpoint = state.network.privateEndpoints[effect.key];
  if (endpoint?.resourceGuid !== effect.resourceGuid || endpoint.provisioningState !== 'Updating') {
    return {
      code: 'CanceledAndSupersededDueToAnotherOperation',
      message: 'Operation was canceled and superseded by another operation.',
    };
  }
  endpoint.provisioningState = failure ? 'Failed' : 'Succeeded';
  endpoint.etag = effect.etag;
  // Recorded: with a hyphen once the endpoint is there, without in the answer to the PUT.
  if (endpoint.connection.description === 'Auto Approved') endpoint.connection.description = 'Auto-Approved';
  return failure;
}

/** Ends a delete: the address is free again, the provider's connection is gone, the name may stay reserved for a while. */
export function applyRemoveEndpoint(
  state: AzureState,
  effect: Extract<Effect, { kind: 'removeEndpoint' }>,
  doneAt: Instant,
  failure: ArmError | undefined,
): ArmError | undefined {
  const { privateEndpoints, reservedNames } = state.network;
  const endpoint = privateEndpoints[effect.key];
  if (endpoint?.resourceGuid !== effect.resourceGuid) return undefined;
  if (failure) {
    endpoint.provisioningState = 'Failed';
    return failure;
  }
  removeFrom(privateEndpoints, effect.key);
  if (effect.reservedMs > 0) reservedNames[effect.key] = doneAt + effect.reservedMs;
  return undefined;
}
