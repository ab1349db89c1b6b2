import type { PrivateEndpoint } from '../resources/model.ts';
import type { Connection } from './connection.ts';
import type { StoredConnection } from './storedConnection.ts';
import { storedConnection } from './storedConnection.ts';

/** How a connection stands whose private endpoint is found. */
export const foundStates = [
  'connected',
  'pending',
  'rejected',
  'removed-by-zilliz',
  'working',
  'failed',
  // Whatever becomes of the endpoint: nothing is done for a connection of which nobody knows what it shall be.
  'spec-unreadable',
] as const;

/** The same for whatever stands under the endpoint's resource ID, or does not. */
export const endpointHealthStates = [...foundStates, 'absent', 'unmarked'] as const;

type FoundState = (typeof foundStates)[number];

export interface EndpointHealth<State = (typeof endpointHealthStates)[number]> {
  readonly state: State;
  readonly reason: string | null;
}

/** `endpoint` as Azure shows it under the connection's own resource ID; null when it is not there. */
export function endpointHealth(connection: Connection, endpoint: PrivateEndpoint | null): EndpointHealth {
  if (!endpoint) return { state: 'absent', reason: 'there is no private endpoint' };
  const stored = storedConnection(endpoint);
  if (stored?.connection.id === connection.id) return storedEndpointHealth(stored);
  return { state: 'unmarked', reason: `${endpoint.id} is there, without the marks of the connection` };
}

/** Why nothing is reached through the endpoint, whatever DNS says; null where it may carry traffic. */
export function unusableBecause({ state, reason }: EndpointHealth): string | null {
  switch (state) {
    case 'rejected':
      return 'Zilliz rejected the connection of the private endpoint';
    case 'removed-by-zilliz':
      return 'Zilliz removed the connection of the private endpoint';
    case 'failed':
    case 'absent':
      return reason;
    case 'connected':
    case 'pending':
    case 'working':
    case 'unmarked':
    case 'spec-unreadable':
      return null;
  }
}

/** By its private endpoint alone. */
export function storedEndpointHealth({
  endpoint,
  specReadable,
}: StoredConnection): EndpointHealth<FoundState> {
  const standing = standingOfEndpoint(endpoint);
  if (specReadable) return standing;
  const { text } = endpoint.connectionState;
  const more = standing.state === 'connected' ? '' : `; Azure says ${text} and ${endpoint.provisioningState}`;
  return { state: 'spec-unreadable', reason: `${unreadableSpec(endpoint)}${more}` };
}

/** Why a connection is found by its marks, and what it shall be is not. */
export function unreadableSpec({ id }: PrivateEndpoint): string {
  return `the tags of ${id} hold no specification that this version reads`;
}

function standingOfEndpoint(endpoint: PrivateEndpoint): EndpointHealth<FoundState> {
  const { connectionState, provisioningState } = endpoint;
  const said = connectionState.description === '' ? null : connectionState.description;
  // The connection first: a rejected one is shown with the provisioning state Succeeded or Failed alike.
  switch (connectionState.status) {
    case 'Rejected':
      return { state: 'rejected', reason: said };
    case 'Disconnected':
      return { state: 'removed-by-zilliz', reason: said };
    case 'Approved':
      // An update of tags or security groups does not stop the traffic.
      if (provisioningState !== 'Deleting') return { state: 'connected', reason: flawOf(endpoint) };
      break;
    case 'Pending':
    case 'Other':
      if (provisioningState === 'Succeeded') return { state: 'pending', reason: connectionState.text };
      break;
  }
  if (provisioningState === 'Failed')
    return { state: 'failed', reason: 'Azure could not provision the endpoint' };
  return { state: 'working', reason: `Azure says ${provisioningState}` };
}

function flawOf(endpoint: PrivateEndpoint): string | null {
  return updateFailed(endpoint) ? 'the last update of its private endpoint failed' : null;
}

type State = Pick<PrivateEndpoint, 'provisioningState' | 'connectionState'>;

/** Whether Azure could not make it: one whose connection is Approved was made, whatever failed since. */
export function hasFailed({ provisioningState, connectionState }: State): boolean {
  return provisioningState === 'Failed' && connectionState.status !== 'Approved';
}

/** Whether only its last update failed, as of its tags or its security groups: it carries traffic as before. */
export function updateFailed({ provisioningState, connectionState }: State): boolean {
  return provisioningState === 'Failed' && connectionState.status === 'Approved';
}
