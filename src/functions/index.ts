import { app } from '@azure/functions';
import type { HttpHandler, HttpMethod } from '@azure/functions';
import { input } from 'durable-functions';

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
  readonly anonymous?: true;
  /** Whether the handler speaks to the durable client. */
  readonly durable?: true;
}

/** Every route on one screen. Literal segments come before parameters, as the host matches them. */
export const routes: readonly Route[] = [
  { handler: 'startConnection', method: 'POST', route: 'connections', durable: true },
  { handler: 'planConnection', method: 'POST', route: 'connections/plan' },
  { handler: 'getConnection', method: 'GET', route: 'connections/{id}', durable: true },
  { handler: 'cancelConnection', method: 'POST', route: 'connections/{id}/cancel', durable: true },
  { handler: 'health', method: 'GET', route: 'health', anonymous: true },
  { handler: 'ready', method: 'GET', route: 'health/ready' },
  { handler: 'openApi', method: 'GET', route: 'openapi.json' },
];

export function registerRoutes(handlers: Handlers): void {
  for (const { handler, method, route, anonymous, durable } of routes) {
    app.http(handler, {
      methods: [method],
      route,
      authLevel: anonymous ? 'anonymous' : 'function',
      handler: handlers[handler],
      ...(durable && { extraInputs: [input.durableClient()] }),
    });
  }
}
