import { applyPutLink, applyRemoveLink } from '../dns/linkEffects.ts';
import { applyPutZone, applyRemoveZone } from '../dns/zoneEffects.ts';
import { applyRemoveEndpoint, applySettleEndpoint } from '../network/endpointEffects.ts';
import { applyRemoveResourceGroup } from '../resources/resourceGroupEffects.ts';
import type { ArmError, LongRunningOperation } from '../state/longRunningSchema.ts';
import type { AzureState } from '../state/schema.ts';

/** Does what an operation was for, at its end. Returns the error that it fails with, if it fails. */
export function applyEffect(state: AzureState, operation: LongRunningOperation): ArmError | undefined {
  const { effect, failure, doneAt } = operation;
  // A private endpoint that fails stays, as Failed; all else that fails leaves no trace.
  if (effect.kind === 'settleEndpoint') return applySettleEndpoint(state, effect, failure);
  if (effect.kind === 'removeEndpoint') return applyRemoveEndpoint(state, effect, doneAt, failure);
  if (failure) return failure;
  switch (effect.kind) {
    case 'putZone':
      return applyPutZone(state, effect);
    case 'removeZone':
      return applyRemoveZone(state, effect);
    case 'putLink':
      return applyPutLink(state, effect, doneAt);
    case 'removeLink':
      return applyRemoveLink(state, effect);
    case 'removeResourceGroup':
      applyRemoveResourceGroup(state, effect);
      return undefined;
    case 'answer':
    case 'nothing':
      return undefined;
  }
}
