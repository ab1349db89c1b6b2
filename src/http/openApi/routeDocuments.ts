import * as z from 'zod';
import { connectionRequestSchema } from '../../domain/connection/connection.ts';
import { problemSchema } from '../../domain/failure/problem.ts';
import { cancelledSchema } from '../cancelConnection.ts';
import { clusterChangeSchema, clusterStateSchema } from '../changeCluster.ts';
import { disconnectedSchema, disconnectingSchema } from '../deleteConnection.ts';
import { exportQuerySchema } from '../exportConnection.ts';
import { healthySchema, misconfiguredSchema, readySchema, unreadySchema } from '../health.ts';
import { connectionListSchema, listQuerySchema } from '../listConnections.ts';
import { optionsQuerySchema, optionsSchema } from '../console/options.ts';
import { signInSchema } from '../console/pages.ts';
import { planQuerySchema, planStoredQuerySchema, planViewSchema } from '../planConnection.ts';
import type { Handlers } from '../routes.ts';
import { releasedSchema } from '../releaseConnection.ts';
import { runViewSchema } from '../run.ts';
import { acceptedSchema, reconcileRequestSchema } from '../startConnection.ts';
import { connectionViewSchema } from '../views/connectionView.ts';

/** Documented headers, and whether every response of the status has them. */
export type ResponseHeaders = Readonly<
  Partial<Record<'location' | 'retry-after' | 'www-authenticate', 'always' | 'sometimes'>>
>;

export interface ResponseDocument {
  readonly description: string;
  /** Bodies by media type. */
  readonly bodies: Readonly<Record<string, z.ZodType>>;
  readonly headers: ResponseHeaders;
}

export const tags = {
  connections: 'Connect, look, repair, disconnect',
  runs: 'Follow and stop the run of a connection',
  clusters: 'DNS of single clusters',
  app: 'This deployment',
} as const;

export interface RouteDocument {
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly query?: z.ZodObject<z.ZodRawShape>;
  readonly body?: { readonly schema: z.ZodType; readonly required: boolean };
  /** By status. openApi.ts adds those that every route has. */
  readonly responses: Readonly<Record<number, ResponseDocument>>;
}

const json = (description: string, schema: z.ZodType, headers: ResponseHeaders = {}): ResponseDocument => ({
  ...{ description, headers },
  bodies: { 'application/json': schema },
});

export const problem = (description: string, headers: ResponseHeaders = {}): ResponseDocument => ({
  ...{ description, headers },
  bodies: { 'application/problem+json': problemSchema },
});

const followed = { location: 'always', 'retry-after': 'always' } as const;
const started = (schema: z.ZodType): ResponseDocument =>
  json('The run has been started, or joined', schema, followed);
const malformed = { 400: problem('The request is malformed') };
const notFound = { 404: problem('No such connection') };
const notAllowed = { 422: problem('This deployment may not act for the project, or in the Azure scope') };
const clusterResponses = {
  400: problem('The cluster ID is malformed'),
  ...notFound,
  409: problem('A run of this connection is under way, or its specification cannot be read, or is lost'),
};

/** Input and responses of each route; a route without an entry does not compile. */
export const routeDocuments: Readonly<Record<keyof Handlers, RouteDocument>> = {
  startConnection: {
    tag: 'connections',
    summary: 'Connect: the whole guide as one run',
    body: { schema: connectionRequestSchema, required: true },
    responses: {
      202: started(acceptedSchema),
      ...malformed,
      409: problem('Another request for this connection is running'),
      422: problem('The request is well-formed but impossible here'),
    },
  },
  planConnection: {
    tag: 'connections',
    summary: 'What connect would do, and what prevents it; nothing is written',
    query: planQuerySchema,
    body: { schema: connectionRequestSchema, required: true },
    responses: {
      200: json('The plan', planViewSchema),
      ...malformed,
      422: problem('The request is well-formed but impossible here; with `strict`, each problem of the plan'),
    },
  },
  getConnection: {
    tag: 'connections',
    summary: 'The state of the connection; a browser is sent to the console',
    responses: {
      200: {
        description: 'The connection; `problem` has the failure of a run',
        bodies: { 'application/json': connectionViewSchema },
        headers: { 'retry-after': 'sometimes' },
      },
      ...notFound,
      ...notAllowed,
    },
  },
  listConnections: {
    tag: 'connections',
    summary: 'Every connection whose marks the identity can see, also on an empty task hub',
    query: listQuerySchema,
    responses: {
      200: json('One page of them', connectionListSchema),
      400: problem('The page parameters are invalid'),
    },
  },
  options: {
    tag: 'connections',
    summary: 'What a request for a connection can name: regions, clusters, networks and subnets',
    query: optionsQuerySchema,
    responses: {
      200: json('What could be read', optionsSchema),
      400: problem('A parameter is malformed'),
      422: problem('This deployment may not act for the project'),
    },
  },
  planStored: {
    tag: 'connections',
    summary: 'Drift: the plan of the stored connection against Azure and Zilliz; nothing is written',
    query: planStoredQuerySchema,
    responses: {
      200: json('The plan; without drift each row is `keep`', planViewSchema),
      400: problem('The parameter is invalid'),
      ...notFound,
      409: problem('The specification cannot be read'),
      422: problem('This deployment may not act for the connection; with `strict`, each problem of the plan'),
    },
  },
  reconcileConnection: {
    tag: 'connections',
    summary: 'Connect again from what is stored: repairs what this app owns, and verifies the connection',
    body: { schema: reconcileRequestSchema, required: false },
    responses: {
      202: started(acceptedSchema),
      ...malformed,
      ...notFound,
      409: problem('Another run is under way, or the specification is lost'),
      ...notAllowed,
    },
  },
  deleteConnection: {
    tag: 'connections',
    summary:
      'Disconnect, in reverse order: removes only what carries the mark of this app, and nothing that others use',
    responses: {
      200: json('A run has removed everything of it', disconnectedSchema),
      202: started(disconnectingSchema),
      ...notFound,
      409: problem('Another run is under way, or the private endpoint may exist but is not visible here'),
      ...notAllowed,
    },
  },
  releaseConnection: {
    tag: 'connections',
    summary: 'Hand over, e.g. to Terraform: the marks of this app come off, and nothing else changes',
    responses: {
      200: json('The connection is not known here any more', releasedSchema),
      ...notFound,
      409: problem('A run is under way, more than the marks would change, or the endpoint is not found'),
      ...notAllowed,
    },
  },
  getRun: {
    tag: 'runs',
    summary: 'The last run, for callers that wait: 202 until it has ended, then 200 with the outcome',
    responses: {
      200: json('The run has ended; `status` is that of the connection now', runViewSchema),
      202: json('The run goes on', runViewSchema, followed),
      ...notFound,
      ...notAllowed,
    },
  },
  exportConnection: {
    tag: 'connections',
    summary: 'The owned resources, as Terraform or Bicep',
    query: exportQuerySchema,
    responses: {
      200: { description: 'The file', bodies: { 'text/plain': z.string() }, headers: {} },
      400: problem('No such format'),
      ...notFound,
      409: problem('Only records are left of the connection, or its private endpoint is not visible here'),
      ...notAllowed,
    },
  },
  cancelConnection: {
    tag: 'runs',
    summary: 'Stop the running workflow; a write that is already sent may still take effect',
    responses: {
      202: json('It has been stopped, or is about to', cancelledSchema, followed),
      ...notFound,
      409: problem('Nothing is running'),
      ...notAllowed,
    },
  },
  getCluster: {
    tag: 'clusters',
    summary: 'The DNS of one cluster, for callers that wait: 202 while sync works on it, then 200',
    responses: {
      200: json('Its record is there, or `reason` has why not', clusterStateSchema),
      202: json('Sync works on its record', clusterStateSchema, followed),
      400: problem('The cluster ID is malformed'),
      ...notFound,
      409: problem('Only records are left of the connection, or its private endpoint is not visible here'),
      ...notAllowed,
    },
  },
  putCluster: {
    tag: 'clusters',
    summary: 'Add DNS for one cluster, also one that was removed before; sync writes the record',
    responses: {
      202: json('It is in the specification, and sync has been woken', clusterChangeSchema, followed),
      ...clusterResponses,
      422: problem('The cluster can have no record here, or this deployment may not act for the connection'),
    },
  },
  removeCluster: {
    tag: 'clusters',
    summary: 'Remove the DNS of one cluster, and exclude the cluster from now on',
    responses: {
      202: json('It is excluded, and sync has been woken', clusterChangeSchema, followed),
      ...clusterResponses,
      ...notAllowed,
    },
  },
  health: {
    tag: 'app',
    summary: 'Whether the app is configured (anonymous)',
    responses: {
      200: json('The app is configured', healthySchema),
      503: json('Names of the settings that are wrong', misconfiguredSchema),
    },
  },
  ready: {
    tag: 'app',
    summary: 'Whether vault, Zilliz key and Azure can be used',
    responses: {
      200: json('All can be used', readySchema),
      503: {
        description: 'The failed checks; a problem where the settings are wrong',
        bodies: { 'application/json': unreadySchema, 'application/problem+json': problemSchema },
        headers: {},
      },
    },
  },
  signIn: {
    tag: 'app',
    summary: 'How people sign in at the console (anonymous)',
    responses: { 200: json('Nothing in it is secret: the ID of an application is public', signInSchema) },
  },
  explainProblem: {
    tag: 'app',
    summary: 'What a problem means and what to do, which its `type` leads to (anonymous)',
    responses: {
      200: { description: 'The explanation', bodies: { 'text/plain': z.string() }, headers: {} },
      404: problem('No problem has this code'),
    },
  },
  openApi: {
    tag: 'app',
    summary: 'This document (anonymous)',
    responses: { 200: json('OpenAPI 3.1', z.record(z.string(), z.unknown())) },
  },
};
