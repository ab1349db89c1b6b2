import type { AppFunctions } from '../appFunctions.ts';
import type { Orchestrations } from '../hub/orchestrations.ts';
import { admin } from './admin.ts';
import { eventGridWebhook } from './eventGrid.ts';
import { httpTriggers } from './httpTrigger.ts';
import { refusal } from './keys.ts';
import type { HostKeys } from './keys.ts';
import { management } from './management.ts';
import type { ManagementPlace } from './managementUrls.ts';
import { emptyReply } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';

const DURABLE_TASK = '/runtime/webhooks/durabletask';

/** Sends each request of the public port where it belongs: the app's routes, the extensions' webhooks, the admin API. */
export function frontDoor(options: {
  readonly app: AppFunctions;
  readonly keys: HostKeys;
  readonly place: ManagementPlace;
  readonly orchestrations: Orchestrations;
  readonly uptimeMs: () => number;
  readonly runTimer: (name: string) => Promise<void>;
}): (request: HostRequest) => Promise<HostReply> {
  const { app, keys, place } = options;
  const callTrigger = httpTriggers(app, { keys, origin: () => place.origin });
  return async (request) => {
    const path = request.path.toLowerCase();
    if (path === '/' && request.method === 'GET') return welcome();
    if (path.startsWith(`${DURABLE_TASK}/`)) {
      const refused = refusal(request, keys, ['system', 'master']);
      return refused ?? management(options, request, request.path.slice(DURABLE_TASK.length));
    }
    if (path === '/runtime/webhooks/eventgrid') return eventGridWebhook(app, keys, request);
    if (path.startsWith('/admin/')) return admin({ ...options, origin: place.origin }, request);
    return (await callTrigger(request)) ?? emptyReply(404);
  };
}

function welcome(): HostReply {
  const body = '<!doctype html><title>Local durable host</title><p>The Functions app is up and running.</p>';
  return { status: 200, headers: { 'content-type': 'text/html' }, body };
}
