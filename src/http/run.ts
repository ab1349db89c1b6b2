import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import { exitCodeOf } from '../domain/connection/statusTable.ts';
import { secondsLeft } from '../domain/run/status.ts';
import type { Instance } from '../durable/client.ts';
import { isActive } from '../durable/client.ts';
import type { Sources } from './findConnection.ts';
import { onConnection } from './findConnection.ts';
import type { GetOptions } from './getConnection.ts';
import { readConnectionView } from './getConnection.ts';
import { followed } from './response.ts';
import { connectionView, connectionViewSchema } from './views/connectionView.ts';
import type { ConnectionView } from './views/connectionView.ts';
import { lastRunOf, runStatusOf } from './views/lastRun.ts';
import { linksSchema } from './views/links.ts';
import type { Links } from './views/links.ts';

/** What a response says of a run that goes on. */
export const acceptedRunShape = {
  run: z
    .enum(['started', 'joined'])
    .meta({ id: 'RunStart', description: '`joined`: an equal request has started it before' }),
  expectedSeconds: z.number().meta({ description: 'Until the run ends: an estimate, no promise' }),
  location: z.string().meta({ description: 'Where to follow the run, as the header says' }),
  links: linksSchema,
};

export interface AcceptedRun {
  readonly run: 'started' | 'joined';
  /** Null where the task hub does not show the new run yet. */
  readonly instance: Instance | null;
}

/** 202: the run has been started or joined. */
export function acceptedRun(
  { addresses, now }: Pick<Sources, 'addresses' | 'now'>,
  { run, instance }: AcceptedRun,
  body: {
    readonly id: string;
    readonly status: 'running' | 'disconnecting';
    readonly privateEndpointId?: string;
  },
): HttpResponseInit {
  const location = addresses.run(body.id);
  const expectedSeconds = secondsLeft(runStatusOf(instance), now());
  return followed(location, { ...body, run, expectedSeconds, location, links: addresses.links(body.id) });
}

export const runViewSchema = z
  .object({
    ...connectionViewSchema.pick({ id: true, workflow: true }).shape,
    outcome: z
      .enum(['succeeded', 'failed', 'cancelled'])
      .meta({ id: 'RunOutcome' })
      .nullable()
      .meta({ description: 'Of the run; null while it goes on, and when the task hub knows no run' }),
    ...connectionViewSchema.pick({ status: true, final: true, asOf: true, source: true }).shape,
    exitCode: z.number().meta({
      description: '0 as asked, 1 failed, 3 not as asked or not known, 4 not over yet: for scripts',
    }),
    percent: connectionViewSchema.shape.percent,
    expectedSeconds: acceptedRunShape.expectedSeconds,
    ...connectionViewSchema.pick({ startedBy: true, createdAt: true, updatedAt: true, phases: true }).shape,
    problem: connectionViewSchema.shape.problem,
    links: linksSchema,
  })
  .meta({ id: 'Run' });

type RunView = Readonly<z.infer<typeof runViewSchema>>;

/**
 * `GET /api/connections/{id}/run`: 202 while the last run goes on, which costs no reading of Azure; 200 when it has ended,
 * with the status of the connection as it is now.
 */
export function getRun(sources: Sources, options: GetOptions): HttpHandler {
  return onConnection(sources, async (known) => {
    const { id, instance } = known;
    const links = sources.addresses.links(id);
    if (instance && isActive(instance)) {
      const view = connectionView(
        { id, instance, connection: null, live: null, orphan: null },
        sources.now(),
      );
      const left = secondsLeft(runStatusOf(instance), sources.now());
      return followed(links.run, runView(view, { outcome: null, left, links }), POLL_SECONDS);
    }
    const view = await readConnectionView(known, options);
    const outcome = instance ? outcomeOf(instance) : null;
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      jsonBody: runView(view, { outcome, left: 0, links }),
    };
  });
}

const POLL_SECONDS = 10;

function runView(
  view: ConnectionView,
  { outcome, left, links }: { outcome: RunView['outcome']; left: number; links: Links },
): RunView {
  const { id, workflow, status, final, asOf, source, percent, problem } = view;
  const { startedBy, createdAt, updatedAt, phases } = view;
  const exitCode = exitCodeOf(status, workflow === 'disconnect' ? 'disconnected' : 'connected');
  return {
    ...{ id, workflow, outcome, status, final, asOf, source, exitCode },
    ...{ percent, expectedSeconds: left, startedBy, createdAt, updatedAt, phases, problem, links },
  };
}

function outcomeOf(instance: Instance): RunView['outcome'] {
  const { state } = lastRunOf(instance);
  return state === 'active' || state === 'suspended' ? null : state;
}
