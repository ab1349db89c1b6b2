import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import { connectionRequestSchema } from '../domain/connection.ts';
import { problemSchema } from '../domain/problem.ts';
import { cancelledSchema } from './cancelConnection.ts';
import { clusterChangeSchema } from './changeCluster.ts';
import { connectionViewSchema } from './connectionView.ts';
import { routes } from './index.ts';
import type { Handlers } from './index.ts';
import { connectionListSchema } from './listConnections.ts';
import { planViewSchema } from './planConnection.ts';
import { reconcileRequestSchema } from './reconcileConnection.ts';
import { acceptedSchema } from './startConnection.ts';

interface RouteDocument {
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Status and what it means; with a schema where the body is not a problem. */
  readonly answers: Readonly<Record<number, readonly [description: string, schema?: z.ZodType]>>;
}

const running = 'The run has been started, or joined';
const notFound = { 404: ['No such connection'] } as const;

/** What each route takes and answers; a route without an entry does not compile. */
const documents: Readonly<Record<keyof Handlers, RouteDocument>> = {
  startConnection: {
    summary: 'Connect: the whole guide as one run',
    body: connectionRequestSchema,
    answers: {
      202: [running, acceptedSchema],
      400: ['The request is malformed'],
      409: ['Another request for this connection is running'],
      422: ['The request is well-formed but impossible here'],
    },
  },
  planConnection: {
    summary: 'What connect would do, and what stands in its way; nothing is written',
    body: connectionRequestSchema,
    answers: { 200: ['The plan', planViewSchema], 400: ['The request is malformed'] },
  },
  getConnection: {
    summary: 'Where the connection stands, as JSON or, for browsers, as a page',
    answers: {
      200: ['The connection; a failed run stands under `problem`', connectionViewSchema],
      ...notFound,
    },
  },
  listConnections: {
    summary: 'Every connection whose marks the identity can see, also on an empty task hub',
    answers: { 200: ['One page of them', connectionListSchema], 400: ['The page asked for is none'] },
  },
  planStored: {
    summary: 'Drift: the plan of what is stored against what is there; nothing is written',
    answers: {
      200: ['The plan; without drift each row is `keep`', planViewSchema],
      ...notFound,
      409: ['The specification cannot be read'],
    },
  },
  reconcileConnection: {
    summary: 'Connect again from what is stored; repairs what is ours and ends in the proof',
    body: reconcileRequestSchema,
    answers: {
      202: [running, acceptedSchema],
      400: ['The request is malformed'],
      ...notFound,
      409: ['Another run is under way, or the specification is lost'],
    },
  },
  deleteConnection: {
    summary: 'Disconnect, in reverse order; only what carries our mark, and nothing that others use',
    answers: {
      202: [running, acceptedSchema.omit({ privateEndpointId: true })],
      ...notFound,
      409: ['Another run is under way'],
    },
  },
  exportConnection: {
    summary: 'What was made, as Terraform or Bicep (`format`)',
    answers: {
      200: ['The file', z.string()],
      400: ['No such format'],
      ...notFound,
    },
  },
  cancelConnection: {
    summary: 'Stop the running workflow; a write in flight may still land',
    answers: {
      202: ['It has been stopped, or is about to', cancelledSchema],
      ...notFound,
      409: ['Nothing is running'],
    },
  },
  putCluster: {
    summary: 'Add DNS for one cluster, also one that was taken out before; the record follows',
    answers: {
      202: ['It is in the specification, and sync is on its way', clusterChangeSchema],
      400: ['The cluster ID is none'],
      ...notFound,
      409: ['A run of this connection is under way, or its specification cannot be read'],
      422: ['The cluster can have no record here'],
    },
  },
  removeCluster: {
    summary: 'Take the DNS of one cluster away, and leave the cluster out from now on',
    answers: {
      202: ['It is taken out, and sync is on its way', clusterChangeSchema],
      400: ['The cluster ID is none'],
      ...notFound,
      409: ['A run of this connection is under way, or its specification cannot be read'],
    },
  },
  health: {
    summary: 'Whether the app is configured (anonymous)',
    answers: {
      200: ['It is', z.object({ status: z.string() })],
      503: ['Names of the settings that are wrong'],
    },
  },
  ready: {
    summary: 'Whether vault, Zilliz key and Azure answer',
    answers: { 200: ['All do', z.object({ status: z.string() })], 503: ['What does not'] },
  },
  openApi: { summary: 'This document', answers: { 200: ['OpenAPI 3.1', z.record(z.string(), z.unknown())] } },
};

/** `GET /api/openapi.json`. */
export function openApi(): HttpHandler {
  return () => ({ status: 200, jsonBody: openApiDocument() });
}

/** The API as OpenAPI 3.1, made of the same schemas that validate requests and shape answers. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { handler, method, route, right } of routes) {
    const path = `/api/${route}`;
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operation(handler, route, right === 'anyone'),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Private Link for Zilliz Cloud on Azure',
      version: '1',
      description: 'Times are ISO 8601 in UTC. Errors are problem details (RFC 9457).',
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

function operation(handler: keyof Handlers, route: string, anonymous: boolean): object {
  const { summary, body, answers } = documents[handler];
  const parameters = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  return {
    operationId: handler,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: responses(answers, anonymous),
    security: anonymous ? [] : [{ functionKey: [] }, { entra: [] }],
  };
}

function responses(answers: RouteDocument['answers'], anonymous: boolean): object {
  const described: readonly (readonly [string, object])[] = Object.entries(answers).map(
    ([status, [description, schema]]) => [status, { description, content: contentOf(schema) }],
  );
  return {
    ...Object.fromEntries(described),
    ...(!anonymous && {
      401: { description: 'No valid key or token; the body may be empty' },
      403: { description: 'The token lacks the role', content: contentOf(undefined) },
      default: { description: 'Upstream or internal failure', content: contentOf(undefined) },
    }),
  };
}

function contentOf(schema: z.ZodType | undefined): object {
  return schema
    ? { 'application/json': { schema: schemaOf(schema, 'output') } }
    : { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
}

/** Inside a document the dialect is the document's. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== '$schema' && key !== '~standard'));
}
