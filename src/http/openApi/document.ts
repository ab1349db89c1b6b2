import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { CatalogEntry } from '../../domain/failure/catalog.ts';
import { failureCatalog, verbs } from '../../domain/failure/catalog.ts';
import { problemSchema } from '../../domain/failure/problem.ts';
import { remedyOf } from '../../domain/failure/remedy.ts';
import { didYouMean, truncated } from '../../domain/connection/request.ts';
import { failureCodeSchema } from '../../domain/failure/failure.ts';
import { Refused } from '../response.ts';
import { problem, routeDocuments } from './routeDocuments.ts';
import type { ResponseDocument, ResponseHeaders, RouteDocument } from './routeDocuments.ts';
import { routes } from '../routes.ts';
import type { Handlers } from '../routes.ts';

/** Responses of every route that is not anonymous. */
const commonResponses: Readonly<Record<string, ResponseDocument>> = {
  401: problem('No valid key or token; the body is empty where the platform refuses', {
    'www-authenticate': 'sometimes',
  }),
  403: problem('The token lacks the role, or Azure, Zilliz or the vault refuses this app a permission', {
    'www-authenticate': 'sometimes',
  }),
  default: problem('Upstream or internal failure', { 'retry-after': 'sometimes' }),
};

const parameterDescriptions: Readonly<Record<string, string>> = {
  id: 'ID of the connection, as the response to its request has it',
  clusterId: 'ID of a cluster at Zilliz Cloud',
  problem: 'Code of a problem: the last part of its `type`',
};

const headerDocuments: Readonly<Record<string, object>> = {
  location: { description: 'Where to follow the run', schema: { type: 'string' } },
  'retry-after': { description: 'Seconds to wait before the next request', schema: { type: 'integer' } },
  'www-authenticate': { description: 'With tokens: what is wrong', schema: { type: 'string' } },
} satisfies Record<keyof ResponseHeaders, object>;

/** `GET /api/openapi.json`. */
export function openApi(): HttpHandler {
  return () => ({ status: 200, jsonBody: openApiDocument() });
}

/** `GET /api/problems/{problem}`: what a problem's `type` leads to, as plain text. */
export function explainProblem(): HttpHandler {
  return (request): HttpResponseInit => {
    const { problem: name = '' } = request.params;
    const code = failureCodeSchema.safeParse(name).data;
    if (code === undefined) {
      const detail = `no problem has the code ${truncated(name)}${didYouMean(name, Object.keys(failureCatalog))}`;
      throw new Refused({ code: 'address-not-found', detail });
    }
    const { title, kind, cause }: CatalogEntry = failureCatalog[code];
    const remedies = verbs.map((verb) => `  ${verb}: ${remedyOf(code, verb)}`);
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'max-age=3600' },
      body: [
        `${title} (${code}, ${kind})`,
        '',
        `Cause: ${cause}`,
        '',
        'Remedy, by what was asked:',
        ...remedies,
        '',
      ].join('\n'),
    };
  };
}

/** The API as OpenAPI 3.1, from the same schemas that validate requests and type responses. */
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
  const { summary, query, body, responses } = routeDocuments[handler];
  const parameters = [...pathParameters(route), ...queryParameters(query)];
  const all: Readonly<Record<string, ResponseDocument>> = {
    ...responses,
    ...(!anonymous && commonResponses),
  };
  return {
    operationId: handler,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: { 'application/json': { schema: schemaOf(body.schema, 'input') } },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(all).map(([status, document]) => [status, response(document)]),
    ),
    security: anonymous ? [] : [{ functionKey: [] }, { entra: [] }],
  };
}

function pathParameters(route: string): readonly object[] {
  return [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true, description: parameterDescriptions[name] },
    schema: { type: 'string' },
  }));
}

function queryParameters(query: RouteDocument['query']): readonly object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema, 'input');
    return { name, in: 'query', required: false, description, schema: rest };
  });
}

function response({ description, bodies, headers }: ResponseDocument): object {
  return {
    description,
    ...(Object.keys(headers).length > 0 && { headers: headersOf(headers) }),
    content: Object.fromEntries(
      Object.entries(bodies).map(([mediaType, schema]) => [
        mediaType,
        {
          schema:
            schema === 'problem' ? { $ref: '#/components/schemas/Problem' } : schemaOf(schema, 'output'),
        },
      ]),
    ),
  };
}

function headersOf(headers: ResponseHeaders): object {
  return Object.fromEntries(
    Object.entries(headers).map(([name, presence]) => [
      name,
      { ...headerDocuments[name], required: presence === 'always' },
    ]),
  );
}

/** A schema without its own dialect: that of the document applies. */
function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== '$schema' && key !== '~standard'));
}
