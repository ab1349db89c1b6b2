import { z } from 'zod';
import type { AppFunctions } from '../appFunctions.ts';
import { triggerOf } from '../worker/worker.ts';
import type { Binding, RegisteredFunction } from '../worker/worker.ts';
import { deliverEvent } from './eventGrid.ts';
import { textOf } from './httpTrigger.ts';
import { refusal } from './keys.ts';
import type { HostKeys } from './keys.ts';
import { emptyReply, jsonReply } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';

export interface AdminOptions {
  readonly app: AppFunctions;
  readonly keys: HostKeys;
  readonly origin: string;
  readonly uptimeMs: () => number;
  readonly runTimer: (name: string) => Promise<void>;
}

/** The part of `/admin` that scripts and the portal's Test/Run use. */
export async function admin(options: AdminOptions, request: HostRequest): Promise<HostReply> {
  const [, area, name] = request.path.split('/').filter((part) => part !== '');
  // What a load balancer asks needs no key.
  if (request.method === 'GET' && area === 'host' && name === 'ping') return emptyReply(200);
  const refused = refusal(request, options.keys, ['master']);
  if (refused) return refused;
  if (request.method === 'GET' && area === 'host' && name === 'status')
    return jsonReply(200, status(options));
  if (area !== 'functions') return emptyReply(404);
  if (request.method === 'GET' && name === undefined) {
    return jsonReply(
      200,
      options.app.functions.toSorted(byName).map((one) => description(options, one)),
    );
  }
  const registered = name === undefined ? undefined : options.app.find(decodeURIComponent(name));
  if (request.method !== 'POST' || !registered) return emptyReply(404);
  if (request.body.length === 0) return emptyReply(415);
  return run(options, registered, request);
}

/** Returns at once: the result of the run is not reported. */
async function run(
  options: AdminOptions,
  registered: RegisteredFunction,
  request: HostRequest,
): Promise<HostReply> {
  const parsed = z
    .object({ input: z.string().default('') })
    .safeParse(parseJson(request.body.toString('utf8')));
  const input = parsed.data?.input ?? '';
  const trigger = triggerOf(registered);
  if (trigger?.type === 'timerTrigger') await options.runTimer(registered.name);
  else if (trigger?.type === 'eventGridTrigger') {
    await deliverEvent(options.app, registered, parseJson(input), { [trigger.name]: { string: input } });
  } else return emptyReply(400);
  return emptyReply(202);
}

function status({ uptimeMs }: AdminOptions): Record<string, unknown> {
  return {
    id: 'local-durable-host',
    state: 'Running',
    version: '4.1037.0.0',
    versionDetails: '4.1037.0',
    platformVersion: '',
    instanceId: '',
    computerName: '',
    processUptime: uptimeMs(),
    functionAppContentEditingState: 'Unknown',
  };
}

function description(options: AdminOptions, registered: RegisteredFunction): Record<string, unknown> {
  const { app, origin } = options;
  const trigger = triggerOf(registered);
  const { name } = registered;
  return {
    name,
    script_root_path_href: null,
    config_href: null,
    href: `${origin}/admin/functions/${name}`,
    invoke_url_template: invokeUrl(app, origin, registered, trigger),
    language: 'node',
    config: { name, entryPoint: '', language: 'node', bindings: registered.bindings },
    files: null,
    test_data: '',
    isDisabled: false,
    isDirect: false,
    isProxy: false,
  };
}

function invokeUrl(
  app: AppFunctions,
  origin: string,
  { name }: RegisteredFunction,
  trigger: Binding | undefined,
): string | null {
  if (trigger?.type !== 'httpTrigger') return null;
  return `${origin}/${app.settings.routePrefix}/${textOf(trigger.route) ?? name}`;
}

function byName(a: RegisteredFunction, b: RegisteredFunction): number {
  return a.name < b.name ? -1 : 1;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
