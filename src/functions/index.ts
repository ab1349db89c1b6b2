import { app } from '@azure/functions';
import type { HttpHandler, HttpMethod } from '@azure/functions';
import { input } from 'durable-functions';
import type { Access, Right } from './access.ts';

export interface Handlers {
  readonly startConnection: HttpHandler;
  readonly planConnection: HttpHandler;
  readonly getConnection: HttpHandler;
  readonly cancelConnection: HttpHandler;
  readonly health: HttpHandler;
  readonly ready: HttpHandler;
  readonly openApi: HttpHandler;
}

interface Route {
  readonly handler: keyof Handlers;
  readonly method: HttpMethod;
  readonly route: string;
  /** Who may call it; `anyone` needs neither key nor token. */
  readonly right: Right | 'anyone';
  /** Whether the handler speaks to the durable client. */
  readonly durable?: true;
}

/** Every route on one screen. Literal segments come before parameters, as the host matches them. */
export const routes: readonly Route[] = [
  { handler: 'startConnection', method: 'POST', route: 'connections', right: 'connect', durable: true },
  { handler: 'planConnection', method: 'POST', route: 'connections/plan', right: 'read' },
  { handler: 'getConnection', method: 'GET', route: 'connections/{id}', right: 'read', durable: true },
  {
    handler: 'cancelConnection',
    method: 'POST',
    route: 'connections/{id}/cancel',
    right: 'connect',
    durable: true,
  },
  { handler: 'health', method: 'GET', route: 'health', right: 'anyone' },
  { handler: 'ready', method: 'GET', route: 'health/ready', right: 'read' },
  { handler: 'openApi', method: 'GET', route: 'openapi.json', right: 'read' },
];

export function registerRoutes(handlers: Handlers, access: Access): void {
  for (const { handler, method, route, right, durable } of routes) {
    app.http(handler, {
      methods: [method],
      route,
      authLevel: right === 'anyone' ? 'anonymous' : access.authLevel,
      handler: right === 'anyone' ? handlers[handler] : access.guard(right, handlers[handler]),
      ...(durable && { extraInputs: [input.durableClient()] }),
    });
  }
}
