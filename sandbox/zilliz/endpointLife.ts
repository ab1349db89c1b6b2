import type { EndpointState, ZillizState } from './state.ts';

/** The endpoint's status as the list shows it. Only the ready word is documented. */
export function endpointStatus(endpoint: EndpointState, state: ZillizState, now: number): string {
  if (endpoint.statusWord !== undefined) return endpoint.statusWord;
  const { pendingWord, readyWord } = state.settings;
  if (endpoint.review === 'ignore' || now < endpoint.decidedAt) return pendingWord;
  if (endpoint.review === 'reject') return 'REJECTED';
  if (endpoint.review === 'fail') return 'FAILED';
  return now < endpoint.availableAt ? pendingWord : readyWord;
}

/** Whether Zilliz has accepted the endpoint. */
export function isAccepted(endpoint: EndpointState, now: number): boolean {
  return endpoint.review === 'accept' && now >= endpoint.decidedAt;
}

/** Whether clusters can be reached through the endpoint, as far as Zilliz is concerned. */
export function isUsable(endpoint: EndpointState, now: number): boolean {
  return endpoint.review === 'accept' && now >= endpoint.availableAt;
}
