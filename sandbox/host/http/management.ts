import { isActive } from '../hub/instance.ts';
import type { Instance } from '../hub/instance.ts';
import type { Orchestrations } from '../hub/orchestrations.ts';
import { exceptionReply, wrongStateReply } from './exceptions.ts';
import { instanceList, instanceStatus } from './instanceStatus.ts';
import { managementUrls } from './managementUrls.ts';
import type { ManagementPlace } from './managementUrls.ts';
import { emptyReply, jsonReply, queryValue } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';
import { queriedFilter } from './instanceFilter.ts';

export interface ManagementOptions {
  readonly orchestrations: Orchestrations;
  readonly place: ManagementPlace;
}

/**
 * The durable client's routes, below `/runtime/webhooks/durabletask`for every caller with the key and below `/durabletask`
 * on the port that only the worker knows. `path` is what follows that.
 */
export async function management(
  options: ManagementOptions,
  request: HostRequest,
  path: string,
): Promise<HostReply> {
  const [area = '', ...rest] = path.split('/').filter((part) => part !== '');
  const names = rest.map((part) => decodeURIComponent(part));
  // A slash in an ID is a slash, encoded or not.
  if (names.some((name) => name.includes('/'))) return emptyReply(404);
  const [first, second, third] = names;
  if (area === 'orchestrators' && first !== undefined && request.method === 'POST')
    return start(options, request, first, second);
  if (area !== 'instances') return emptyReply(404);
  if (first === undefined) {
    if (request.method === 'GET') return instanceList(options.orchestrations, request);
    if (request.method === 'DELETE') return purgeMany(options, request);
    return emptyReply(404);
  }
  const instance = options.orchestrations.find(first);
  if (!instance) return emptyReply(404);
  if (second === undefined) {
    if (request.method === 'GET') return instanceStatus(instance, request, options.place.origin);
    if (request.method === 'DELETE') return purge(options, instance);
    return emptyReply(404);
  }
  if (request.method !== 'POST') return emptyReply(404);
  return operate(options, request, instance, second, third);
}

async function start(
  options: ManagementOptions,
  request: HostRequest,
  name: string,
  instanceId: string | undefined,
): Promise<HostReply> {
  if (instanceId !== undefined && /[^\u0020-\u007e]/.test(instanceId)) {
    return exceptionReply(500, 'Something went wrong while processing your request', {
      message: 'The instance ID has characters that a header cannot hold.',
      type: 'System.InvalidOperationException',
    });
  }
  const inputJson = jsonInput(request);
  if (inputJson === undefined) {
    return exceptionReply(400, 'Invalid JSON content', {
      message: 'The body is not JSON.',
      type: 'Newtonsoft.Json.JsonReaderException',
    });
  }
  const started = await options.orchestrations.start({
    name,
    inputJson,
    ...(instanceId !== undefined && { instanceId }),
  });
  if ('activeAs' in started) {
    const Message = `An Orchestration instance with the status ${started.activeAs} already exists.`;
    return jsonReply(409, { Message });
  }
  return startedReply(options, started.instanceId);
}

function startedReply({ place }: ManagementOptions, instanceId: string): HostReply {
  const urls = managementUrls(place, instanceId);
  return jsonReply(202, urls, { location: urls.statusQueryGetUri ?? '', 'retry-after': '10' });
}

/** A start without a body has the empty text as its input. */
function jsonInput(request: HostRequest): string | undefined {
  const text = request.body.toString('utf8');
  if (text === '') return '""';
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function operate(
  options: ManagementOptions,
  request: HostRequest,
  instance: Instance,
  operation: string,
  eventName: string | undefined,
): Promise<HostReply> | HostReply {
  const { orchestrations } = options;
  const reason = queryValue(request, 'reason') ?? '';
  switch (operation.toLowerCase()) {
    case 'raiseevent':
      return raise(options, request, instance, eventName ?? '');
    case 'terminate':
      if (!isActive(instance)) return emptyReply(410);
      orchestrations.terminate(instance, reason);
      return emptyReply(202);
    case 'suspend':
      if (!isActive(instance)) return emptyReply(410);
      if (instance.status === 'Suspended') return wrongStateReply('suspend', instance);
      orchestrations.suspend(instance, reason);
      return emptyReply(202);
    case 'resume':
      if (!isActive(instance)) return emptyReply(410);
      if (instance.status !== 'Suspended') return wrongStateReply('resume', instance);
      orchestrations.resume(instance, reason);
      return emptyReply(202);
    case 'rewind':
      return rewind(instance);
    case 'restart':
      return restart(options, request, instance);
    default:
      return emptyReply(404);
  }
}

function raise(
  { orchestrations }: ManagementOptions,
  request: HostRequest,
  instance: Instance,
  name: string,
): HostReply {
  if (!isActive(instance)) return emptyReply(410);
  const inputJson = jsonInput(request);
  const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
  if (!isJson || inputJson === undefined) {
    return jsonReply(400, { Message: 'Only application/json request content is supported' });
  }
  orchestrations.raise(instance, name, request.body.length === 0 ? 'null' : inputJson);
  return emptyReply(202);
}

/** Not imitated, except for its refusal. */
function rewind(instance: Instance): HostReply {
  if (instance.status === 'Failed') return emptyReply(501);
  return jsonReply(
    412,
    `This orchestration has status ${instance.status}, but only orchestrations in the "Failed" state can be rewound.`,
  );
}

async function restart(
  options: ManagementOptions,
  request: HostRequest,
  instance: Instance,
): Promise<HostReply> {
  const sameId = queryValue(request, 'restartWithNewInstanceId') === 'false';
  const { name, inputJson, instanceId } = instance;
  const started = await options.orchestrations.start({ name, inputJson, ...(sameId && { instanceId }) });
  return 'instanceId' in started ? startedReply(options, started.instanceId) : emptyReply(409);
}

function purge({ orchestrations }: ManagementOptions, instance: Instance): HostReply {
  if (isActive(instance)) {
    return jsonReply(
      412,
      `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instance.instanceId} has status ${instance.status}`,
    );
  }
  orchestrations.purge([instance]);
  return jsonReply(200, { instancesDeleted: 1 });
}

function purgeMany({ orchestrations }: ManagementOptions, request: HostRequest): HostReply {
  const finished = orchestrations.list(queriedFilter(request)).filter((instance) => !isActive(instance));
  if (finished.length === 0) return emptyReply(404);
  orchestrations.purge(finished);
  return jsonReply(200, { instancesDeleted: finished.length });
}
