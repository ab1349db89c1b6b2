import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { statusTable } from '../../src/domain/connection/statusTable.ts';
import type { Api, ConnectionList, Listed } from '../api.ts';
import { Card, FailureNotice, Heading, Notice, State, StatusOf, Waiting } from '../parts/common.tsx';
import { useLoaded, useRefused } from '../parts/load.ts';
import { ago, counted, networkOf } from '../parts/words.ts';
import type { Tone } from '../parts/words.ts';

interface ListOptions {
  readonly api: Api;
  readonly refused: () => void;
}

const WHILE_RUNNING_MS = 5000;
const OTHERWISE_MS = 60_000;

/** All connections, the worst first. */
export function ListView({ api, refused }: ListOptions): JSX.Element {
  const { value, failure, reload } = useLoaded(
    () => api.list(),
    (list) => (list?.connections.some(({ final }) => !final) ? WHILE_RUNNING_MS : OTHERWISE_MS),
  );
  useRefused(failure, refused);
  const isEmpty = value?.connections.length === 0;
  return (
    <>
      <Heading title="Connections">
        {value && (
          <div class="buttons">
            <button type="button" onClick={() => void reload()}>
              Read again
            </button>
            <a class="button primary" href="#/connect">
              Connect
            </a>
          </div>
        )}
      </Heading>
      {failure && <FailureNotice failure={failure} title="The connections could not be read" />}
      {!value && !failure && <Waiting what="Reading Azure and Zilliz" />}
      {value && <Trouble list={value} />}
      {isEmpty && <Begin />}
      {value && !isEmpty && <Connections list={value} />}
      {value && value.declared.length > 0 && <Declared list={value} />}
    </>
  );
}

/** What an empty app needs to be of use. */
function Begin(): JSX.Element {
  return (
    <section class="empty">
      <h2>No connection yet</h2>
      <p>
        A connection joins a virtual network to the clusters of one Zilliz Cloud project and region, over a
        private endpoint. You need three things:
      </p>
      <ol>
        <li>the ID of the Zilliz project, and its region (Zilliz Cloud console → Project settings);</li>
        <li>a subnet with a free address, which this app may join;</li>
        <li>an API key of the project in the key vault of this app.</li>
      </ol>
      <p>
        The plan shows what would be created, what it costs and what is missing, before anything is written.
      </p>
      <a class="button primary" href="#/connect">
        Plan a connection
      </a>
    </section>
  );
}

/** What the list itself could not find out, and what syncs could not do. */
function Trouble({ list: { incomplete, syncs } }: { list: ConnectionList }): JSX.Element {
  const troubled = syncs.filter(({ faults }) => faults.length > 0);
  return (
    <>
      {incomplete.length > 0 && (
        <Notice kind="warning" title="Not everything could be read: there may be more connections than these">
          <ul>
            {incomplete.map(({ scope, reason }) => (
              <li key={scope + reason}>
                <code>{scope}</code> {reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {troubled.map(({ projectId, regionId, faults }) => (
        <Notice
          key={projectId + regionId}
          kind="warning"
          title={`The last sync of ${projectId} in ${regionId} could not do everything`}
        >
          <ul>
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        </Notice>
      ))}
    </>
  );
}

const fates: Readonly<Record<ConnectionList['declared'][number]['fate'], Tone>> = {
  refused: 'red',
  waiting: 'blue',
  running: 'blue',
  'starting-again': 'amber',
  started: 'grey',
};

/** Entries of the setting `CONNECTIONS`, with what has become of each. */
function Declared({ list: { declared } }: { list: ConnectionList }): JSX.Element {
  return (
    <Card title="Declared in the setting CONNECTIONS">
      <ul class="roomy">
        {declared.map(({ entry, connectionId, fate, detail }) => (
          <li key={entry}>
            <State tone={fates[fate]}>{fate}</State> entry {entry}
            {connectionId !== null && (
              <>
                {': '}
                <a href={`#/connections/${connectionId}`}>{connectionId}</a>
              </>
            )}
            {detail !== null && <span class="quiet"> {detail}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const order = ['red', 'amber', 'blue', 'grey', 'green'] as const;

function worstFirst(connections: readonly Listed[]): readonly Listed[] {
  const rank = ({ status }: Listed): number => order.indexOf(statusTable[status].colour);
  return connections.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

function matches(connection: Listed, search: string): boolean {
  const { id, status, projectId, regionId, subnetId, problem } = connection;
  const text = [id, status, projectId, regionId, subnetId, problem?.code, problem?.detail]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Connections({ list }: { list: ConnectionList }): JSX.Element {
  const [search, setSearch] = useState('');
  const found = worstFirst(list.connections).filter((connection) => matches(connection, search));
  const sum = summary(list.connections);
  return (
    <>
      <div class="tools">
        <label class="hidden" for="search">
          Search
        </label>
        <input
          {...{
            id: 'search',
            type: 'search',
            placeholder: 'Search: state, project, region, network, problem',
          }}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <p class="quiet" role="status">
          {search === '' ? sum : `${found.length} of ${list.connections.length}`}
        </p>
      </div>
      <table class="list stacked" role="table">
        <thead>
          <tr role="row">
            {['State', 'Connection', 'Project', 'Region', 'Network', 'Verified'].map((name) => (
              <th key={name} scope="col" role="columnheader">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.map((connection) => (
            <Row key={connection.id} connection={connection} />
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p class="quiet">No connection matches.</p>}
    </>
  );
}

function summary(connections: readonly Listed[]): string {
  const bad = connections.filter(({ status }) => statusTable[status].alert).length;
  return `${counted(connections.length, 'connection')}${bad === 0 ? '' : `, ${bad} with a problem`}`;
}

function Row({ connection }: { connection: Listed }): JSX.Element {
  const { id, status, projectId, regionId, subnetId, problem, verification, asOf } = connection;
  return (
    <tr role="row">
      <td role="cell" data-name="State">
        <StatusOf status={status} />
      </td>
      <td role="cell" class="main" data-name="Connection">
        <a href={`#/connections/${id}`}>{id}</a>
        {problem && <p class="problem-line">{problem.detail}</p>}
      </td>
      <td role="cell" data-name="Project">
        {projectId === null ? <span class="quiet">not known</span> : <code>{projectId}</code>}
      </td>
      <td role="cell" data-name="Region">
        {regionId}
      </td>
      <td role="cell" data-name="Network">
        {subnetId === null ? <span class="quiet">not known</span> : networkOf(subnetId)}
      </td>
      <td role="cell" data-name="Verified">
        {verification ? <Verified {...{ verification, asOf }} /> : <span class="quiet">never</span>}
      </td>
    </tr>
  );
}

function Verified({
  verification,
  asOf,
}: {
  verification: NonNullable<Listed['verification']>;
  asOf: string;
}): JSX.Element {
  const { at, outcome } = verification;
  return (
    <time dateTime={at} title={at}>
      {outcome === 'verified' ? '' : outcome === 'failed' ? 'failed ' : 'not verifiable '}
      {ago(at, asOf)}
    </time>
  );
}
