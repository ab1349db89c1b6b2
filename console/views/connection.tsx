import type { JSX } from 'preact';
import type { Api, ConnectionView } from '../api.ts';
import {
  Card,
  Copy,
  External,
  FailureNotice,
  Heading,
  Notice,
  Portal,
  Snippet,
  StatusOf,
  Waiting,
} from '../parts/common.tsx';
import { useLoaded, useRefused } from '../parts/load.ts';
import { about, ago, clockTime, dateTime, phaseWords, secondsLeft, took } from '../parts/words.ts';
import { Actions } from './actions.tsx';
import { Clusters, SampleCode } from './clusters.tsx';
import { Outcome } from './outcome.tsx';
import { PathOf } from './path.tsx';
import { Sentence } from './sentence.tsx';

interface ConnectionOptions {
  readonly api: Api;
  readonly id: string;
  readonly refused: () => void;
}

const WHILE_RUNNING_MS = 3000;
const OTHERWISE_MS = 30_000;

export function ConnectionPage({ api, id, refused }: ConnectionOptions): JSX.Element {
  const { value, failure, reload } = useLoaded(
    () => api.connection(id),
    (view) => (view?.final === false ? WHILE_RUNNING_MS : OTHERWISE_MS),
  );
  useRefused(failure, refused);
  if (failure?.status === 404) return <NotFound id={id} />;
  return (
    <>
      <p class="crumbs">
        <a href="#/">Connections</a>
      </p>
      <Heading title={id}>{value && <StatusOf status={value.status} />}</Heading>
      {failure && <FailureNotice failure={failure} title="The connection could not be read" />}
      {!value && !failure && <Waiting what="Reading Azure and Zilliz" />}
      {value && <Connection {...{ api, view: value, reload }} />}
    </>
  );
}

interface ViewOptions {
  readonly api: Api;
  readonly view: ConnectionView;
  readonly reload: () => Promise<void>;
}

function Connection({ api, view, reload }: ViewOptions): JSX.Element {
  const { live } = view;
  return (
    <>
      <Sentence view={view} />
      {!view.final && <Progress view={view} />}
      <Actions {...{ api, view, reload }} />
      <Card title="The path">
        <PathOf view={view} />
      </Card>
      {view.final && <Faults view={view} />}
      {live && (
        <Card title="Clusters">
          <Clusters {...{ api, view, reload }} />
        </Card>
      )}
      <SampleCode view={view} />
      <Outcome view={view} />
      {view.phases.length > 0 && (
        <Card title={view.workflow === 'disconnect' ? 'The last run: disconnect' : 'The last run: connect'}>
          <Phases view={view} />
        </Card>
      )}
      <Card title="Details">
        <Details view={view} />
      </Card>
      <details class="raw">
        <summary>Raw JSON</summary>
        <Snippet what="the JSON" text={JSON.stringify(view, null, 2)} />
      </details>
    </>
  );
}

function NotFound({ id }: { id: string }): JSX.Element {
  return (
    <div class="narrow">
      <Heading title="No such connection" />
      <Notice kind="error" title={`${id} is not known here`}>
        <p>
          No run, private endpoint or record with this ID is found. It may have been disconnected long ago, or
          be outside the projects, scopes and subscriptions that this app may read.
        </p>
        <p>
          <strong>What to do: </strong>look it up in the <a href="#/">list</a>, or{' '}
          <a href="#/connect">connect</a> again: the same request leads to the same ID.
        </p>
      </Notice>
    </div>
  );
}

function Progress({ view }: { view: ConnectionView }): JSX.Element {
  const { percent, asOf, phases } = view;
  const left = secondsLeft(view);
  const current = phases.find(({ state }) => state === 'running');
  return (
    <section class="card" aria-label="Progress">
      <label class="progress-line" for="progress">
        <span>
          {current ? phaseWords[current.phase] : 'Starting'}
          {current?.reason && <span class="quiet">: {current.reason}</span>}
        </span>
        <span class="quiet">
          about {about(left)} left, until {clockTime(Date.parse(asOf) + left * 1000)}
        </span>
      </label>
      <progress id="progress" max="100" value={percent} />
    </section>
  );
}

/** What was requested and is not so, and what could not be read. */
function Faults({ view: { live, problem } }: { view: ConnectionView }): JSX.Element | null {
  if (!live || live.faults.length + live.incomplete.length === 0) return null;
  // The sentence above has the only one.
  const isSaid = live.faults.length === 1 && problem?.detail.includes(live.faults[0]?.detail ?? '') === true;
  return (
    <>
      {live.faults.length > 0 && !isSaid && (
        <Notice kind="warning" title="Not as requested">
          <ul>
            {live.faults.map(({ code, clusterId, detail }) => (
              <li key={code + (clusterId ?? '') + detail}>
                {clusterId !== null && <code>{clusterId}</code>} {detail}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {live.incomplete.length > 0 && (
        <Notice kind="warning" title="Could not be read">
          <ul>
            {live.incomplete.map(({ scope, reason }) => (
              <li key={scope + reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

const marks = { pending: '○', running: '◐', done: '●', skipped: '–', failed: '✕' } as const;

function Phases({ view }: { view: ConnectionView }): JSX.Element {
  const { deadlineAt, startedBy, createdAt, final } = view;
  return (
    <>
      <ol class="phases">
        {view.phases.map(({ phase, state, startedAt, endedAt, reason, attempts, guideStep }) => (
          <li key={phase} class={state}>
            <span class="phase-mark" aria-hidden="true">
              {marks[state]}
            </span>
            <span>
              {phaseWords[phase]}
              <span class="hidden">, {state}</span>
              {reason !== null && <span class="phase-reason">{reason}</span>}
            </span>
            <span class="quiet phase-time" title={`${phase}, attempts: ${attempts}; the guide: ${guideStep}`}>
              {took(startedAt, endedAt)}
            </span>
          </li>
        ))}
      </ol>
      <p class="quiet">
        {createdAt !== null && `Started ${dateTime(createdAt)}`}
        {startedBy !== null && ` by ${startedBy}`}
        {!final && deadlineAt !== null && `; waits for Zilliz until ${dateTime(deadlineAt)} at most`}
      </p>
    </>
  );
}

function Details({ view }: { view: ConnectionView }): JSX.Element {
  const { request, live } = view;
  const endpoint = live?.privateEndpoint;
  const ids: readonly (readonly [string, string | null | undefined])[] = [
    ['Subnet', request?.subnetId],
    ['Private endpoint', request?.privateEndpointId],
    ...(live?.zones ?? []).map(({ id }) => ['Private DNS zone', id] as const),
  ];
  const plain: readonly (readonly [string, string | null | undefined])[] = [
    ['Project', request?.projectId],
    ['Region', request?.regionId],
    ['Private link service', endpoint?.target ?? view.result?.privateEndpoint?.target],
    ['Endpoint ID at Zilliz', endpoint?.endpointId ?? view.result?.privateEndpoint?.endpointId],
  ];
  return (
    <>
      <dl class="facts">
        {plain.map(([name, value]) => value && <Fact key={name} {...{ name, value }} />)}
        {ids.map(([name, value]) => value && <Fact key={value} {...{ name, value }} isResource />)}
        <Times view={view} />
      </dl>
      <p class="links">
        <External to="https://cloud.zilliz.com/">Zilliz Cloud console (Network → Private Endpoint)</External>
      </p>
    </>
  );
}

function Times({ view: { live, asOf, source } }: { view: ConnectionView }): JSX.Element {
  const endpoint = live?.privateEndpoint;
  return (
    <>
      {endpoint?.whitelistedAt && (
        <div>
          <dt>Whitelist entry</dt>
          <dd>since {dateTime(endpoint.whitelistedAt)}; no API takes it back</dd>
        </div>
      )}
      {endpoint?.verification && (
        <div>
          <dt>Last verification</dt>
          <dd>
            {endpoint.verification.outcome}, {ago(endpoint.verification.at, asOf)}
          </dd>
        </div>
      )}
      <div>
        <dt>Read</dt>
        <dd>
          {dateTime(asOf)}
          {source === 'view' && ', by the last sync: Azure or Zilliz did not respond in time'}
        </dd>
      </div>
    </>
  );
}

function Fact(options: { name: string; value: string; isResource?: boolean }): JSX.Element {
  const { name, value, isResource = false } = options;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
        <Copy text={value} what={name} />
        {isResource && <Portal id={value}>Portal</Portal>}
      </dd>
    </div>
  );
}
