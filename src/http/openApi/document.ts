import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import { didYouMean, truncated } from '../../domain/connection/request.ts';
import type { CatalogEntry } from '../../domain/failure/catalog.ts';
import { failureCatalog, verbs } from '../../domain/failure/catalog.ts';
import { failureCodeSchema } from '../../domain/failure/failure.ts';
import { remedyOf } from '../../domain/failure/remedy.ts';
import { Refused } from '../response.ts';
import { examples } from './examples.ts';
import { problem, routeDocuments, tags } from './routeDocuments.ts';
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
  const components = new Components();
  for (const { handler, method, route, right } of routes) {
    const path = `/api/${route}`;
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operation(components, handler, route, right === 'anyone'),
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
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    components: {
      schemas: components.schemas,
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

function operation(
  components: Components,
  handler: keyof Handlers,
  route: string,
  anonymous: boolean,
): object {
  const { tag, summary, query, body, responses } = routeDocuments[handler];
  const parameters = [...pathParameters(route), ...queryParameters(components, query)];
  const { request, responses: bodies = {} } = examples[handler] ?? {};
  const all: Readonly<Record<string, ResponseDocument>> = {
    ...responses,
    ...(!anonymous && commonResponses),
  };
  return {
    operationId: handler,
    tags: [tag],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: {
          'application/json': {
            schema: components.schemaOf(body.schema, 'input'),
            ...(request && { examples: request }),
          },
        },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(all).map(([status, document]) => [
        status,
        response(components, document, bodies[Number(status)]),
      ]),
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

function queryParameters(components: Components, query: RouteDocument['query']): readonly object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = components.schemaOf(schema, 'input');
    return { name, in: 'query', required: false, description, schema: rest };
  });
}

function response(
  components: Components,
  { description, bodies, headers }: ResponseDocument,
  example: unknown,
): object {
  return {
    description,
    ...(Object.keys(headers).length > 0 && { headers: headersOf(headers) }),
    content: Object.fromEntries(
      Object.entries(bodies).map(([mediaType, schema]) => [
        mediaType,
        { schema: components.schemaOf(schema, 'output'), ...(example !== undefined && { example }) },
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

/** The named schemas of the document: each is defined once, and so is each enumeration. */
class Components {
  readonly schemas: Record<string, unknown> = {};

  /** A schema without its own dialect, which is that of the document, and with its named parts moved to the components. */
  schemaOf(schema: z.core.$ZodType, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
    const { $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    for (const [name, part] of Object.entries($defs)) this.schemas[name] = referring(part);
    const parts = Object.entries(json).filter(([key]) => key !== '$schema' && key !== '~standard');
    return Object.fromEntries(parts.map(([key, part]) => [key, referring(part)]));
  }
}

function referring(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^#\/\$defs\//, '#/components/schemas/');
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, referring(part)]));
}
