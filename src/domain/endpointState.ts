import type { PrivateEndpoint } from './model.ts';

type State = Pick<PrivateEndpoint, 'provisioningState' | 'connectionState'>;

/** Whether Azure could not make it: one whose connection is Approved was made, whatever failed since. */
export function hasFailed({ provisioningState, connectionState }: State): boolean {
  return provisioningState === 'Failed' && connectionState.status !== 'Approved';
}

/** Whether only its last update failed, as of its tags or its security groups: it carries traffic as before. */
export function updateFailed({ provisioningState, connectionState }: State): boolean {
  return provisioningState === 'Failed' && connectionState.status === 'Approved';
}
