import * as z from 'zod';
import type { PrivateEndpoint } from '../resources/model.ts';
import type { StoredConnection } from './storedConnection.ts';
import { storedConnection } from './storedConnection.ts';

/** The states of a connection whose private endpoint is found. */
const foundStates = [
  'connected',
  // It carries traffic, and its last update failed.
  'update-failed',
  'pending',
  'rejected',
  'removed-by-zilliz',
  'working',
  'failed',
  // In every state of the endpoint: without a readable specification, nothing is changed for the connection.
  'spec-unreadable',
] as const;

/** The states by resource ID: also no endpoint at all, or one without the marks of the connection. */
const endpointHealthStates = [...foundStates, 'absent', 'unmarked'] as const;

export const endpointHealthSchema = z.object({
  state: z.enum(endpointHealthStates),
  reason: z.string().nullable(),
});

type FoundState = (typeof foundStates)[number];

export interface EndpointHealth<State = (typeof endpointHealthStates)[number]> {
  readonly state: State;
  readonly reason: string | null;
}

/** `endpoint` is what Azure returns for the connection's own resource ID; null when it does not exist. */
export function healthById(connectionId: string, endpoint: PrivateEndpoint | null): EndpointHealth {
  if (!endpoint) return { state: 'absent', reason: 'there is no private endpoint' };
  const stored = storedConnection(endpoint);
  if (stored?.connection.id === connectionId) return storedEndpointHealth(stored);
  return { state: 'unmarked', reason: `${endpoint.id} is there, without the marks of the connection` };
}

/** Why the endpoint carries no traffic, regardless of DNS; null when it may carry traffic. */
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
    case 'update-failed':
    case 'pending':
    case 'working':
    case 'unmarked':
    case 'spec-unreadable':
      return null;
  }
}

/** The health by the private endpoint alone. */
export function storedEndpointHealth({
  endpoint,
  specReadable,
}: StoredConnection): EndpointHealth<FoundState> {
  const health = healthOfEndpoint(endpoint);
  if (specReadable) return health;
  const { text } = endpoint.connectionState;
  const more = health.state === 'connected' ? '' : `; Azure says ${text} and ${endpoint.provisioningState}`;
  return { state: 'spec-unreadable', reason: `${unreadableSpec(endpoint)}${more}` };
}

/** The reason text for a connection that is found by its marks, but whose specification is not readable. */
export function unreadableSpec({ id }: PrivateEndpoint): string {
  return `the tags of ${id} hold no specification that this version reads`;
}

function healthOfEndpoint(endpoint: PrivateEndpoint): EndpointHealth<FoundState> {
  const { connectionState, provisioningState } = endpoint;
  const description = connectionState.description === '' ? null : connectionState.description;
  // The connection first: a rejected one can have the provisioning state Succeeded or Failed.
  switch (connectionState.status) {
    case 'Rejected':
      return { state: 'rejected', reason: description };
    case 'Disconnected':
      return { state: 'removed-by-zilliz', reason: description };
    case 'Approved':
      // An update of tags or security groups does not stop the traffic.
      if (updateFailed(endpoint))
        return { state: 'update-failed', reason: 'the last update of its private endpoint failed' };
      if (provisioningState !== 'Deleting') return { state: 'connected', reason: null };
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

type State = Pick<PrivateEndpoint, 'provisioningState' | 'connectionState'>;

/** Whether Azure could not create the endpoint. If its connection is Approved, it was created, and a later update failed. */
export function hasFailed({ provisioningState, connectionState }: State): boolean {
  return provisioningState === 'Failed' && connectionState.status !== 'Approved';
}

/** Whether only the last update failed, e.g. of tags or security groups. The endpoint still carries traffic. */
export function updateFailed({ provisioningState, connectionState }: State): boolean {
  return provisioningState === 'Failed' && connectionState.status === 'Approved';
}
