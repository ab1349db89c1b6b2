import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, ConnectionView } from '../api.ts';
import { Copy, FailureNotice, Snippet, State } from '../parts/common.tsx';
import { useAct } from '../parts/load.ts';
import type { Tone } from '../parts/words.ts';

type Cluster = NonNullable<ConnectionView['live']>['clusters'][number];

const tones: Readonly<Record<Cluster['state'], Tone>> = {
  connected: 'green',
  waiting: 'blue',
  unreachable: 'red',
  'left-to-others': 'amber',
  'record-missing': 'red',
  'record-differs': 'red',
  'name-taken': 'red',
  excluded: 'grey',
  'not-asked-for': 'grey',
  'not-covered': 'grey',
  gone: 'grey',
  unknown: 'grey',
};

interface ClustersOptions {
  readonly api: Api;
  readonly view: ConnectionView;
  readonly reload: () => Promise<void>;
}

const LONG = 10;

export function Clusters({ api, view, reload }: ClustersOptions): JSX.Element {
  const [search, setSearch] = useState('');
  const act = useAct();
  const all = view.live?.clusters ?? [];
  const shown = all.filter(({ name, clusterId, state }) =>
    `${name} ${clusterId} ${state}`.toLowerCase().includes(search.toLowerCase()),
  );
  const change = (clusterId: string, wanted: boolean): void =>
    void act.run(async () => {
      await api.changeCluster(view.id, clusterId, wanted);
      await reload();
    });
  const onDemand = view.live?.onDemand ?? null;
  if (all.length === 0 && !onDemand?.clusters.length)
    return <p class="quiet">Zilliz shows no cluster of this project and region.</p>;
  return (
    <>
      {act.failure && <FailureNotice failure={act.failure} title="The cluster could not be changed" />}
      {all.length > LONG && (
        <div class="tools">
          <label class="hidden" for="cluster-search">
            Search clusters
          </label>
          <input
            {...{ id: 'cluster-search', type: 'search', placeholder: 'Search clusters' }}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <p class="quiet" role="status">
            {shown.length} of {all.length}
          </p>
        </div>
      )}
      <table class="clusters stacked" role="table">
        <thead>
          <tr role="row">
            {['State', 'Cluster', 'Private address', 'Record', 'Change'].map((name) => (
              <th key={name} scope="col" role="columnheader">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((cluster) => (
            <Row
              key={cluster.clusterId}
              {...{ cluster, change, busy: act.busy || !view.final }}
              // What a run has not come to yet is no fault.
              state={!view.final && tones[cluster.state] === 'red' ? 'waiting' : cluster.state}
            />
          ))}
        </tbody>
      </table>
      {onDemand && onDemand.clusters.length > 0 && (
        <p class="quiet">
          On-demand clusters: {onDemand.clusters.map(({ name, status }) => `${name} (${status})`).join(', ')}.{' '}
          {onDemand.note}
        </p>
      )}
    </>
  );
}

interface RowOptions {
  readonly cluster: Cluster;
  readonly state: Cluster['state'];
  readonly busy: boolean;
  readonly change: (clusterId: string, wanted: boolean) => void;
}

function Row({ cluster, state, busy, change }: RowOptions): JSX.Element {
  const { clusterId, name, reason, uri, record } = cluster;
  return (
    <tr role="row">
      <td role="cell" data-name="State">
        <State tone={tones[state]}>{state}</State>
      </td>
      <td role="cell" class="main" data-name="Cluster">
        <span class="cluster-name">{name}</span>{' '}
        {name !== clusterId && <code class="quiet">{clusterId}</code>}
      </td>
      <td role="cell" class="address" data-name="Address">
        {uri === null ? (
          <span class="quiet">{reason}</span>
        ) : (
          <>
            <code class="clip" title={uri}>
              {uri}
            </code>
            <Copy text={uri} what={`the address of ${name}`} />
          </>
        )}
      </td>
      <td role="cell" data-name="Record">
        <code>{record?.addresses.join(', ')}</code>
      </td>
      <td role="cell">
        {state === 'excluded' && (
          <button type="button" class="plain" disabled={busy} onClick={() => change(clusterId, true)}>
            Include
            <span class="hidden"> {name}</span>
          </button>
        )}
        {state !== 'excluded' && record && (
          <button type="button" class="plain" disabled={busy} onClick={() => change(clusterId, false)}>
            Exclude
            <span class="hidden"> {name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** What to paste into a program or a shell that is in a linked network. */
export function SampleCode({ view }: { view: ConnectionView }): JSX.Element | null {
  const ready = (view.live?.clusters ?? []).flatMap(({ clusterId, name, uri, host, port }) =>
    uri === null || host === null || port === null ? [] : [{ clusterId, name, uri, host, port }],
  );
  const [chosen, setChosen] = useState('');
  const cluster = ready.find(({ clusterId }) => clusterId === chosen) ?? ready[0];
  if (!cluster) return null;
  const probe = view.result?.clusters.find(({ clusterId }) => clusterId === cluster.clusterId)?.probe;
  return (
    <section class="card" aria-label="Use it">
      <div class="card-title">
        <h2>Use it from a machine in the network</h2>
        {ready.length > 1 && (
          <>
            <label class="hidden" for="sample-cluster">
              Cluster
            </label>
            <select
              id="sample-cluster"
              value={cluster.clusterId}
              onChange={(event) => setChosen(event.currentTarget.value)}
            >
              {ready.map(({ clusterId, name }) => (
                <option key={clusterId} value={clusterId}>
                  {name}
                </option>
              ))}
            </select>
          </>
        )}
      </div>
      <p class="quiet">
        Set <code>ZILLIZ_TOKEN</code> to an API key of the cluster, or to <code>user:password</code>.
      </p>
      <h3>pymilvus</h3>
      <Snippet what="the Python code" text={pythonFor(cluster.uri)} />
      <h3>curl</h3>
      <Snippet what="the curl command" text={curlFor(cluster.uri)} />
      {probe && (
        <>
          <h3>Verify the path, without a token</h3>
          <Snippet what="the probe" text={probe.command} />
          <p class="quiet">It prints: {probe.expected}</p>
        </>
      )}
    </section>
  );
}

function pythonFor(uri: string): string {
  return `import os
from pymilvus import MilvusClient

client = MilvusClient(
    uri="${uri}",
    token=os.environ["ZILLIZ_TOKEN"],
)
print(client.list_collections())`;
}

function curlFor(uri: string): string {
  return `curl -sS '${uri}/v2/vectordb/collections/list' \\
  -H "Authorization: Bearer $ZILLIZ_TOKEN" -H 'Content-Type: application/json' -d '{}'`;
}
