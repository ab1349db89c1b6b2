import { setTimeout as pause } from 'node:timers/promises';
import { isConnectionId } from '../src/domain/connection/names.ts';
import { exitCodeOf, statusTable } from '../src/domain/connection/statusTable.ts';
import type { App, Connection, Plan, Run } from '../client/client.ts';
import { follow } from './follow.ts';
import type { FollowOptions } from './follow.ts';
import { CommandError, duration, exitCodes, print, worstOf } from './io.ts';
import type { Io } from './io.ts';
import { clusterLine, connectionLines, planLines, problemsOf, releasedLines, tableLines } from './report.ts';
import { conflictsAmong, readIds, readRequests, requestOf } from './requests.ts';
import type { Request } from './requests.ts';

export interface Options {
  readonly wait: boolean;
  readonly follow: FollowOptions;
  readonly allowReplace: boolean;
  readonly format: 'terraform' | 'bicep';
  /** Fields of one request that come without a file. */
  readonly request: Readonly<Record<string, string>>;
}

/** What a command has come to: for people, for programs, and for the shell. */
interface Outcome {
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly exitCode: number;
}

interface Call {
  readonly app: App;
  readonly names: readonly string[];
  readonly options: Options;
  readonly io: Io;
}

type Command = (call: Call) => Promise<Outcome>;

export const commands: Readonly<Record<string, Command>> = {
  plan,
  connect,
  wait: async (call) => ended(call, await idsOf(call), null),
  status,
  list,
  reconcile: async (call) => {
    const { app, options } = call;
    const ids = await idsOf(call);
    const body = { allowReplace: options.allowReplace };
    await Promise.all(ids.map((id) => app.reconcile(id, body)));
    return started(call, ids, 'connected');
  },
  cancel: async (call) => {
    const id = await oneId(call);
    const { value } = await call.app.cancel(id);
    return { lines: [`${id}: ${value.status}`], json: value, exitCode: exitCodes.asked };
  },
  disconnect,
  release: async (call) => {
    const id = await oneId(call);
    const { value } = await call.app.release(id);
    return { lines: [`${id}: released`, ...releasedLines(value)], json: value, exitCode: exitCodes.asked };
  },
  clusters,
  export: async (call) => {
    const { value } = await call.app.export(await oneId(call), call.options.format);
    return { lines: value.trimEnd().split('\n'), json: { file: value }, exitCode: exitCodes.asked };
  },
};

async function plan(call: Call): Promise<Outcome> {
  const { app, names, options } = call;
  const isDrift =
    names.length > 0 && Object.keys(options.request).length === 0 && names.every(isConnectionId);
  if (!isDrift) return planRequests(call, await requestsOf(call));
  const plans = await Promise.all(
    names.map(async (name) => ({ name, plan: (await app.planStored(name)).value })),
  );
  const problems = problemsOf(plans);
  const hasDrift = plans.some(({ plan: { changes } }) => changes);
  return {
    lines: [
      ...plans.flatMap(({ name, plan: drift }) => [
        `${name}: ${drift.changes ? 'drift' : 'no drift'}`,
        ...planLines(drift, { onlyChanges: true }),
      ]),
      ...problems,
    ],
    json: single(plans.map(({ plan: drift }) => drift)),
    exitCode: problems.length > 0 ? exitCodes.failed : hasDrift ? exitCodes.degraded : exitCodes.asked,
  };
}

/** One plan over all requests. What several have in common is said once. */
async function planRequests({ app }: Call, requests: readonly Request[]): Promise<Outcome> {
  const conflicts = conflictsAmong(requests);
  const plans: { name: string; plan: Plan }[] = [];
  for (const { name, body } of requests) plans.push({ name, plan: (await app.plan(body)).value });
  const problems = [...conflicts.map((text) => `  problem: ${text}`), ...problemsOf(plans)];
  return {
    lines: [
      ...plans.flatMap(({ name, plan: each }) => [
        ...(plans.length > 1 ? [`${name}:`] : []),
        ...planLines(each),
      ]),
      ...problems,
    ],
    json: plans.length === 1 ? plans[0]?.plan : { plans: plans.map(({ plan: each }) => each), conflicts },
    exitCode: problems.length > 0 ? exitCodes.failed : exitCodes.asked,
  };
}

/** Several requests are planned first: nothing is written if one of them cannot be carried out. */
async function connect(call: Call): Promise<Outcome> {
  const { app } = call;
  const requests = await requestsOf(call);
  if (requests.length > 1) {
    const planned = await planRequests(call, requests);
    if (planned.exitCode !== exitCodes.asked) {
      return { ...planned, lines: [...planned.lines, '', 'Nothing was written.'] };
    }
  }
  const accepted = await Promise.all(requests.map(({ body }) => app.connect(body)));
  const ids = accepted.map(({ value: { id, run, expectedSeconds } }) => {
    const expected = expectedSeconds > 0 ? `, about ${duration(expectedSeconds * 1000)}` : '';
    if (call.options.wait) print(call.options.follow.to, [`${id}: run ${run}${expected}`, '']);
    return id;
  });
  return started(call, ids, 'connected');
}

async function disconnect(call: Call): Promise<Outcome> {
  const { app } = call;
  const ids = await idsOf(call);
  await Promise.all(ids.map((id) => app.disconnect(id)));
  return started(call, ids, 'disconnected');
}

async function started(
  call: Call,
  ids: readonly string[],
  asked: 'connected' | 'disconnected',
): Promise<Outcome> {
  if (call.options.wait) return ended(call, ids, asked);
  return {
    lines: ids.map((id) => `${id}: accepted. Watch it: zilliz-private-link wait ${id}`),
    json: single(ids.map((id) => ({ id, status: 'accepted' }))),
    exitCode: exitCodes.asked,
  };
}

/** Follows the runs to their end. `asked` null: the end that their own runs were started for. */
async function ended(
  call: Call,
  ids: readonly string[],
  asked: 'connected' | 'disconnected' | null,
): Promise<Outcome> {
  const { app, options, io } = call;
  const runs = await follow(app, ids, options.follow, io);
  print(options.follow.to, ['']);
  const connections = await Promise.all(ids.map((id) => app.connection(id)));
  const codes = runs.map((run) => (asked === null ? run.exitCode : exitCodeOf(run.status, asked)));
  return outcomeOf(
    connections.map((connection, index) => asOfRun(connection, runs[index])),
    worstOf(codes),
  );
}

/** The run decides what the command says: the connection is read a moment later. */
function asOfRun(connection: Connection, run: Run | undefined): Connection {
  return run ? { ...connection, status: run.status, problem: run.problem } : connection;
}

async function status(call: Call): Promise<Outcome> {
  const ids = await idsOf(call);
  const connections = await Promise.all(ids.map((id) => call.app.connection(id)));
  return outcomeOf(connections, worstOf(connections.map((each) => statusTable[each.status].exitCode)));
}

function outcomeOf(connections: readonly Connection[], exitCode: number): Outcome {
  const rows = connections.map(({ id, status: of, request, problem }) => {
    return {
      ...{ id, status: of, regionId: request?.regionId ?? '' },
      problem: problem && { code: problem.code, detail: `${problem.detail} → ${problem.remedy}` },
    };
  });
  const lines = connections.length === 1 ? connections.flatMap(connectionLines) : tableLines(rows);
  return { lines, json: single(connections), exitCode };
}

async function list({ app }: Call): Promise<Outcome> {
  const { connections, incomplete } = await allPages(app);
  return {
    lines: [
      ...tableLines(connections),
      ...incomplete.map(({ scope, reason }) => `not read: ${scope}: ${reason}`),
    ],
    json: { connections, incomplete },
    exitCode: incomplete.length === 0 ? exitCodes.asked : exitCodes.degraded,
  };
}

async function allPages(app: App) {
  const first = (await app.list()).value;
  const connections = [...first.connections];
  for (let { next } = first; next !== null;) {
    const page = (await app.list(connections.at(-1)?.id)).value;
    connections.push(...page.connections);
    ({ next } = page);
  }
  return { connections, incomplete: first.incomplete };
}

async function clusters(call: Call): Promise<Outcome> {
  const { app, names, options } = call;
  const [connection = '', verb, clusterId, ...others] = names;
  const id = await oneId({ ...call, names: connection === '' ? [] : [connection] });
  if (verb === undefined) {
    const found = (await app.connection(id)).live?.clusters ?? [];
    return { lines: found.map(clusterLine), json: found, exitCode: exitCodes.asked };
  }
  if ((verb !== 'add' && verb !== 'remove') || clusterId === undefined || others.length > 0)
    throw new CommandError('Say: clusters CONNECTION, or clusters CONNECTION add|remove CLUSTER.');
  await (verb === 'add' ? app.addCluster(id, clusterId) : app.removeCluster(id, clusterId));
  if (options.wait) return clusterEnded(call, id, clusterId, verb);
  return { lines: [`${clusterId}: accepted`], json: { id, clusterId }, exitCode: exitCodes.asked };
}

async function clusterEnded(
  call: Call,
  id: string,
  clusterId: string,
  verb: 'add' | 'remove',
): Promise<Outcome> {
  const { value, isOver } = await clusterAtEnd(call, id, clusterId);
  const isAsked = verb === 'add' ? value.state === 'connected' : value.record === null;
  const exitCode = isAsked ? exitCodes.asked : isOver ? exitCodes.degraded : exitCodes.running;
  return { lines: [clusterLine(value)], json: value, exitCode };
}

async function clusterAtEnd({ app, options, io }: Call, id: string, clusterId: string) {
  const until = AbortSignal.any([io.interrupted, AbortSignal.timeout(options.follow.minutes * 60_000)]);
  for (;;) {
    const { value, response } = await app.cluster(id, clusterId);
    const isOver = response.status === 200;
    if (isOver || until.aborted) return { value, isOver };
    const seconds = options.follow.interval ?? Number(response.headers.get('retry-after') ?? 10);
    await pause(seconds * 1000, undefined, { signal: until }).catch(() => undefined);
  }
}

async function requestsOf({ names, options, io }: Call): Promise<readonly Request[]> {
  const given = Object.keys(options.request).length > 0;
  if (given && names.length > 0)
    throw new CommandError(
      `Name a file with a request or --project, --region and --subnet, not both: ${names.join(' ')}.`,
    );
  if (given) return [requestOf('the options', options.request)];
  if (names.length === 0)
    throw new CommandError('Name a file with a request, or --project, --region and --subnet.');
  const mixed = names.filter(isConnectionId);
  if (mixed.length > 0)
    throw new CommandError(
      `${mixed.join(' ')} is the ID of a connection, and connect takes a request: a file, or --project, --region and --subnet. To repair a connection: reconcile ${mixed[0] ?? ''}`,
    );
  return readRequests(names, io);
}

async function idsOf({ names, io }: Call): Promise<readonly string[]> {
  if (names.length === 0) throw new CommandError('Name a connection: its ID, or the file with its request.');
  return readIds(names, io);
}

async function oneId(call: Call): Promise<string> {
  const [id, ...others] = await idsOf(call);
  if (id === undefined || others.length > 0) throw new CommandError('Name one connection.');
  return id;
}

function single(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
