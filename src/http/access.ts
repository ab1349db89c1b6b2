import type { HttpHandler, HttpRequest } from '@azure/functions';
import { sha256Hex } from '../domain/connection/names.ts';
import type { Tokens } from '../ports.ts';
import { Refused } from './response.ts';

/** The right that a route requires; a role grants each. */
export type Right = 'read' | 'connect' | 'disconnect';

const roleOf: Readonly<Record<Right, string>> = {
  read: 'Connections.Read',
  connect: 'Connections.Connect',
  disconnect: 'Connections.Disconnect',
};

/**
 * Who may call a route. With function keys the platform checks the caller. With Entra ID the routes are anonymous to the
 * platform and the app itself checks the token, since App Service Authentication would also block the webhooks of Event
 * Grid and of the durable extension.
 */
export class Access {
  readonly #tokens: Tokens | null;
  readonly #callers = new WeakMap<HttpRequest, string>();
  /** What the platform requires of a caller before the app checks. */
  readonly authLevel: 'anonymous' | 'function';

  /** `tokens` null: function keys, unless the routes are open to every caller because they do nothing. */
  constructor(tokens: Tokens | null, authLevel: Access['authLevel'] = tokens ? 'anonymous' : 'function') {
    this.#tokens = tokens;
    this.authLevel = authLevel;
  }

  guard(right: Right, handler: HttpHandler): HttpHandler {
    const tokens = this.#tokens;
    if (!tokens) return handler;
    return async (request, context) => {
      const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
      const caller = token === undefined ? null : await tokens.callerOf(token);
      if (!caller) {
        const challenge = token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
        const detail = 'the request carries no valid access token';
        throw new Refused({ code: 'not-authenticated', detail }, { 'www-authenticate': challenge });
      }
      const role = roleOf[right];
      if (!caller.roles.includes(role)) {
        const detail = `the token lacks the role ${role}`;
        throw new Refused(
          { code: 'role-missing', detail },
          { 'www-authenticate': 'Bearer error="insufficient_scope"' },
        );
      }
      this.#callers.set(request, `object:${caller.objectId}`);
      return handler(request, context);
    };
  }

  /**
   * Returns who started a run. The request has no name of its function key, so a short hash identifies the key without
   * revealing it.
   */
  readonly callerOf = (request: HttpRequest): string => {
    const caller = this.#callers.get(request);
    if (caller !== undefined) return caller;
    const key = request.headers.get('x-functions-key') ?? request.query.get('code');
    return key === null || key === '' ? 'anonymous' : `function-key:${sha256Hex(key).slice(0, 8)}`;
  };
}
