import { deregister } from '../registration.ts';
import type { EndpointState } from '../state.ts';
import { findEndpoint } from '../world.ts';
import type { World } from '../world.ts';

/** What Zilliz's people and machines do with registered endpoints. Endpoint IDs in any case. */
export interface EndpointControl {
  /** What becomes of endpoints that are registered from now on; `ignore` leaves them pending for ever. */
  reviewEndpoints(review: EndpointState['review']): void;
  /** An endpoint of another network that is registered and ready: ten of them are all that a project may have. */
  addEndpoint(endpoint: Pick<EndpointState, 'projectId' | 'regionId' | 'endpointId'>): void;
  acceptEndpoint(endpointId: string): void;
  /** Rejects it now; Azure's connection becomes Rejected with the reason. */
  rejectEndpoint(endpointId: string, reason?: string): void;
  /** The registration fails; Azure's connection stays as it is. */
  failEndpoint(endpointId: string): void;
  /** It vanishes from the list as if a user had deleted it; with `silently` Azure is not informed. */
  forgetEndpoint(endpointId: string, options?: { readonly silently?: boolean }): void;
  /** Shows this status in every state; undefined goes back to the true one. */
  setEndpointStatus(endpointId: string, word: string | undefined): void;
  /** The words for a pending and for a ready endpoint; only AVAILABLE is documented. */
  setStatusWords(words: { readonly pending?: string; readonly ready?: string }): void;
  setEndpointIdCase(writing: 'kept' | 'lower'): void;
}

export function endpointControl(world: World): EndpointControl {
  const { settings } = world.state;
  const find = (endpointId: string): EndpointState => {
    const endpoint = findEndpoint(world.state, endpointId);
    if (!endpoint) throw new Error(`There is no registered endpoint ${endpointId}.`);
    return endpoint;
  };
  const decide = (endpointId: string, decision: Partial<EndpointState>): void => {
    Object.assign(find(endpointId), { decidedAt: world.clock.now(), settled: false, ...decision });
  };
  return {
    reviewEndpoints(review) {
      settings.review = review;
    },
    addEndpoint(endpoint) {
      const now = world.clock.now();
      const times = { registeredAt: now, decidedAt: now, availableAt: now };
      world.state.endpoints.push({ ...endpoint, ...times, review: 'accept', settled: true });
    },
    acceptEndpoint(endpointId) {
      const now = world.clock.now();
      decide(endpointId, { review: 'accept', availableAt: now + world.timings.allocation(endpointId) });
    },
    rejectEndpoint(endpointId, reason) {
      decide(endpointId, { review: 'reject', ...(reason !== undefined && { reason }) });
    },
    failEndpoint(endpointId) {
      decide(endpointId, { review: 'fail' });
    },
    forgetEndpoint(endpointId, { silently = false } = {}) {
      const endpoint = find(endpointId);
      if (silently) world.state.endpoints.splice(world.state.endpoints.indexOf(endpoint), 1);
      else deregister(world, endpoint);
    },
    setEndpointStatus(endpointId, word) {
      const endpoint = find(endpointId);
      if (word === undefined) delete endpoint.statusWord;
      else endpoint.statusWord = word;
    },
    setStatusWords({ pending, ready }) {
      settings.pendingWord = pending ?? settings.pendingWord;
      settings.readyWord = ready ?? settings.readyWord;
    },
    setEndpointIdCase(writing) {
      settings.endpointIdCase = writing;
    },
  };
}
