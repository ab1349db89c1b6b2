import type { JSX } from 'preact';
import type { ConnectionView } from '../api.ts';
import { FaultList, Remedy } from '../parts/common.tsx';
import { ago, counted, meaningOf, networkOf, phaseWords, toneOf } from '../parts/words.ts';
import { served } from './path.tsx';

/** One sentence of state, and the next thing to do. */
export function Sentence({ view }: { view: ConnectionView }): JSX.Element {
  const { status, problem } = view;
  return (
    <section class={`sentence ${toneOf(status)}`} aria-label="State">
      <p class="lead" role="status">
        {stateOf(view)}
      </p>
      <Remedy title="Next" text={nextOf(view)} />
      {problem && problem.errors.length > 1 && <FaultList faults={problem.errors} />}
      {problem && <p class="quiet">{problem.cause}</p>}
    </section>
  );
}

function stateOf(view: ConnectionView): string {
  const { status, problem } = view;
  if (status === 'connected') return connectedSentence(view);
  if (status === 'running') return `Connecting: ${currentPhase(view)}.`;
  if (status === 'disconnecting') return `Disconnecting: ${currentPhase(view)}.`;
  if (status === 'disconnected') return 'Disconnected: everything of this connection is removed.';
  return `${problem ? `${problem.title}: ${problem.detail}` : meaningOf(status)}.`.replace(/\.\.$/, '.');
}

function connectedSentence({ live, result, request, asOf }: ConnectionView): string {
  const clusters = live ? served(live).filter(({ state }) => state === 'connected').length : 0;
  const address = live?.privateEndpoint?.address ?? result?.privateEndpoint?.address;
  const networks = new Set(
    (live?.zones ?? []).flatMap(({ linkedNetworks }) => linkedNetworks.map((id) => id.toLowerCase())),
  );
  const from =
    networks.size > 1
      ? counted(networks.size, 'network')
      : request
        ? networkOf(request.subnetId)
        : 'the network';
  const check = live?.privateEndpoint?.verification;
  const verified =
    check?.outcome === 'verified'
      ? `, verified ${ago(check.at, asOf)}`
      : check
        ? '; the app itself cannot look into the network'
        : '';
  return `Connected: ${counted(clusters, 'cluster')} reachable from ${from}${address ? ` at ${address}` : ''}${verified}.`;
}

function currentPhase({ phases }: ConnectionView): string {
  const current = phases.find(({ state }) => state === 'running');
  const words = current ? phaseWords[current.phase] : 'Starting';
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function nextOf(view: ConnectionView): string {
  const { status, problem, result } = view;
  if (!view.final && status !== 'suspended') return 'nothing. The run goes on when this page is closed.';
  if (status === 'connected') {
    return (result?.manualSteps.length ?? 0) > 0
      ? 'use the private addresses below; then look at the manual steps, which no API can do.'
      : 'use the private addresses below.';
  }
  if (status === 'disconnected') return 'nothing. The same request connects again.';
  if (problem) {
    const remedy = problem.errors.length === 1 ? (problem.errors[0]?.remedy ?? '') : problem.remedy;
    // Here a button does what a script does with a request.
    return lowerFirst(remedy);
  }
  return 'see below what was found.';
}

function lowerFirst(text: string): string {
  // A word in capitals, such as DELETE, stays.
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
