import type { ComponentChildren, JSX } from 'preact';
import type { ConnectionView } from '../api.ts';
import { Portal, State } from '../parts/common.tsx';
import { counted, nameOf, networkOf } from '../parts/words.ts';
import type { Tone } from '../parts/words.ts';

type Live = NonNullable<ConnectionView['live']>;

interface HopState {
  readonly tone: Tone;
  readonly word: string;
}

const unread: HopState = { tone: 'grey', word: 'not read' };
const absent: HopState = { tone: 'grey', word: 'not there' };

/** The way from a program to its clusters, each hop with its state, and the names that lead onto it. */
export function PathOf({ view }: { view: ConnectionView }): JSX.Element {
  const { live, request } = view;
  const endpoint = live?.privateEndpoint ?? null;
  const networks = linkedNetworks(view);
  return (
    <div class="path">
      <ol class="hops">
        <Hop title="Virtual network" state={networkState(view, networks)}>
          {networks.length === 0 && request && (
            <Portal id={networkIdOf(request.subnetId)}>{networkOf(request.subnetId)}</Portal>
          )}
          {networks.slice(0, 3).map((id) => (
            <Portal key={id} id={id}>
              {nameOf(id)}
            </Portal>
          ))}
          {networks.length > 3 && <span class="quiet">and {networks.length - 3} more</span>}
        </Hop>
        <Hop title="Private endpoint" state={endpointState(view)}>
          {request && <Portal id={request.privateEndpointId}>{nameOf(request.privateEndpointId)}</Portal>}
          {endpoint?.address && <code>{endpoint.address}</code>}
        </Hop>
        <Hop title="Private link service" state={serviceState(view)}>
          <span>Zilliz Cloud, {request?.regionId ?? ''}</span>
          {endpoint && (
            <code class="quiet clip" title={endpoint.target}>
              {endpoint.target}
            </code>
          )}
        </Hop>
        <Hop title="Clusters" state={clusterState(view)}>
          <span>{clusterSentence(live)}</span>
        </Hop>
      </ol>
      <div class="names-beside">
        <p class="names-title">
          Private DNS <State {...stateProps(dnsState(view))} />
        </p>
        <p>{dnsSentence(live)}</p>
        {live?.zones.map(({ id }) => (
          <Portal key={id} id={id}>
            {nameOf(id)}
          </Portal>
        ))}
      </div>
    </div>
  );
}

function stateProps({ tone, word }: HopState): { readonly tone: Tone; readonly children: string } {
  return { tone, children: word };
}

function Hop(options: { title: string; state: HopState; children: ComponentChildren }): JSX.Element {
  const { title, state, children } = options;
  return (
    <li class={`hop ${state.tone}`}>
      <span class="hop-title">{title}</span>
      <State {...stateProps(state)} />
      <span class="hop-facts">{children}</span>
    </li>
  );
}

function networkIdOf(subnetId: string): string {
  return subnetId.replace(/\/subnets\/[^/]+\/?$/i, '');
}

function linkedNetworks({ live }: ConnectionView): readonly string[] {
  return [
    ...new Map(
      (live?.zones ?? []).flatMap((zone) => zone.linkedNetworks).map((id) => [id.toLowerCase(), id]),
    ).values(),
  ];
}

function hasFault(live: Live, ...codes: readonly string[]): boolean {
  return live.faults.some(({ code }) => codes.includes(code));
}

function networkState({ live, final, result }: ConnectionView, networks: readonly string[]): HopState {
  if (!live) return unread;
  if (hasFault(live, 'link-missing')) return { tone: 'red', word: 'not linked' };
  if (networks.length > 0) return { tone: 'green', word: 'linked' };
  if (
    live.clusters.some(({ state }) => state === 'left-to-others') ||
    (result?.zonesToCreate.length ?? 0) > 0
  )
    return { tone: 'amber', word: 'left to its DNS owner' };
  return final ? { tone: 'grey', word: 'not linked' } : { tone: 'blue', word: 'linked at the end' };
}

const connectionTones: Readonly<Record<string, Tone>> = {
  approved: 'green',
  pending: 'blue',
  rejected: 'red',
  disconnected: 'red',
};

function endpointState({ live, final }: ConnectionView): HopState {
  if (!live) return unread;
  const endpoint = live.privateEndpoint;
  if (!endpoint)
    return live.incomplete.length > 0 ? unread : final ? absent : { tone: 'blue', word: 'not yet' };
  const { connectionState, provisioningState } = endpoint;
  if (provisioningState === 'Failed') return { tone: 'red', word: 'failed' };
  return { tone: connectionTones[connectionState.toLowerCase()] ?? 'grey', word: connectionState };
}

function serviceState({ live, phases, final }: ConnectionView): HopState {
  if (!live?.privateEndpoint)
    return live && !final ? { tone: 'blue', word: 'not yet' } : live ? absent : unread;
  if (hasFault(live, 'not-registered')) {
    const isRegistered = phases.some(({ phase, state }) => phase === 'register-endpoint' && state === 'done');
    if (!final) return { tone: 'blue', word: isRegistered ? 'allocating' : 'not yet registered' };
    return { tone: 'red', word: 'not registered' };
  }
  return { tone: 'green', word: 'registered' };
}

/** Clusters that the connection serves. */
export function served(live: Live): Live['clusters'] {
  return live.clusters.filter(
    ({ state }) => !['not-asked-for', 'not-covered', 'excluded', 'gone'].includes(state),
  );
}

function clusterState({ live, final }: ConnectionView): HopState {
  if (!live) return unread;
  // Without an endpoint each cluster is unreachable: that is no fault of the clusters.
  if (!live.privateEndpoint)
    return final ? { tone: 'grey', word: 'not reachable' } : { tone: 'blue', word: 'not yet' };
  const wanted = served(live);
  const reachable = wanted.filter(({ state }) => state === 'connected').length;
  if (wanted.length === 0) return { tone: 'grey', word: 'none yet' };
  if (reachable === wanted.length) return { tone: 'green', word: 'reachable' };
  if (wanted.some(({ state }) => ['record-missing', 'record-differs', 'unreachable'].includes(state)))
    return { tone: 'red', word: `${reachable} of ${wanted.length} reachable` };
  return { tone: 'blue', word: `${reachable} of ${wanted.length} reachable` };
}

function clusterSentence(live: Live | null): string {
  if (!live) return '';
  const wanted = served(live);
  const others = live.clusters.length - wanted.length;
  return `${counted(wanted.length, 'cluster')}${others === 0 ? '' : `, ${others} not in this connection`}`;
}

function dnsState({ live, final }: ConnectionView): HopState {
  if (!live) return unread;
  if (hasFault(live, 'record-missing', 'record-differs'))
    return { tone: final ? 'red' : 'blue', word: final ? 'records differ' : 'being written' };
  if (live.clusters.some(({ state }) => state === 'left-to-others'))
    return { tone: 'amber', word: 'another owner' };
  if (live.clusters.some(({ record }) => record !== null)) return { tone: 'green', word: 'records right' };
  return final ? absent : { tone: 'blue', word: 'not yet' };
}

function dnsSentence(live: Live | null): string {
  if (!live) return '';
  const records = live.clusters.filter(({ record }) => record !== null).length;
  return `${counted(records, 'record')} in ${counted(live.zones.length, 'zone')}`;
}
