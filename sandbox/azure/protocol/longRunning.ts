import { createHash } from 'node:crypto';
import type { OperationName } from '../access/actions.ts';
import { segmentAfter } from '../resourceId.ts';
import type { ArmError, Effect, LongRunningOperation } from '../state/longRunningSchema.ts';
import type { World } from '../state/world.ts';
import type { ArmCall } from './armOperation.ts';

type Headers = Readonly<Record<string, string>>;

/** What private DNS names its operations in their IDs. */
export type DnsOperationKind =
  'UpsertPrivateDnsZone' | 'DeletePrivateDnsZone' | 'UpsertVirtualNetworkLink' | 'DeleteVirtualNetworkLink';

/** Begins an operation that ends in `durationMs`, with the failure that was ordered for calls of that name, if any. */
export function begin(
  world: World,
  options: {
    name: OperationName;
    id: string;
    subscriptionId: string;
    durationMs: number;
    effect: Effect;
    failure?: ArmError | undefined;
  },
): LongRunningOperation {
  const { orderedFailures, operations } = world.state.longRunning;
  const index = orderedFailures.findIndex((order) => order.operation === options.name);
  const ordered = index < 0 ? undefined : orderedFailures.splice(index, 1)[0]?.error;
  const failure = ordered ?? options.failure;
  const operation: LongRunningOperation = {
    id: options.id,
    subscriptionId: options.subscriptionId.toLowerCase(),
    doneAt: world.now() + options.durationMs,
    effect: options.effect,
    ...(failure && { failure }),
  };
  operations[operation.id] = operation;
  return operation;
}

/** Headers of Microsoft.Network: where to poll, and for a delete also where to ask for the result. */
export function networkPollingHeaders(
  world: World,
  call: ArmCall,
  location: string,
  operationId: string,
  options: { withLocation: boolean },
): Headers {
  const subscription = segmentAfter(call.path, 'subscriptions') ?? '';
  const at = (kind: string): string =>
    `${call.origin}/subscriptions/${subscription}/providers/Microsoft.Network/locations/${location}/${kind}/${operationId}?${signedQuery(world, call)}`;
  return {
    'azure-asyncnotification': 'Enabled',
    'azure-asyncoperation': at('operations'),
    ...((options.withLocation || world.state.longRunning.polling.locationOnPut) && {
      location: at('operationResults'),
    }),
    ...retryAfter(world),
    'x-ms-arm-service-request-id': operationId,
  };
}

/** Headers of Azure Private DNS, sent again with new signatures by each poll that finds the operation running. */
export function privateDnsPollingHeaders(world: World, call: ArmCall, operationId: string): Headers {
  const subscription = segmentAfter(call.path, 'subscriptions') ?? '';
  const group = segmentAfter(call.path, 'resourceGroups') ?? '';
  const at = (kind: string): string =>
    `${call.origin}/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/${kind}/${operationId}?${signedQuery(world, call)}`;
  return {
    'azure-asyncoperation': at('privateDnsOperationStatuses'),
    location: at('privateDnsOperationResults'),
    ...retryAfter(world),
    'x-ms-private-dns-request-id': operationId,
  };
}

/** The recordings have none, but the recorder left it out: whether it is sent is a setting. */
export function retryAfter(world: World): Headers {
  const seconds = world.state.longRunning.polling.retryAfterSeconds;
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** `FrontEndAsyncOperation;<what>;<guid>_<guid>` in base64, as recorded. */
export function privateDnsOperationId(world: World, what: DnsOperationKind): string {
  const text = `FrontEndAsyncOperation;${what};${world.random.guid()}_${world.random.guid()}`;
  return Buffer.from(text).toString('base64');
}

/** The body of a status answer. */
export function statusBody(operation: LongRunningOperation): object {
  if (!operation.outcome) return { status: 'InProgress' };
  if (operation.outcome.status === 'Succeeded') {
    const { effect } = operation;
    return { status: 'Succeeded', ...(effect.kind === 'answer' && { properties: effect.body }) };
  }
  return {
    status: 'Failed',
    error: { ...operation.outcome.error, details: operation.outcome.error.details ?? [] },
  };
}

/** ARM signs its polling URLs: 18 digits of time, a certificate, a signature and a hash, about 3,000 characters. */
function signedQuery(world: World, call: ArmCall): string {
  const ticks = String(world.now() + 62_135_596_800_000).padEnd(18, '0');
  const certificateLength = world.now() % 2 === 0 ? 2575 : 2615;
  const fill = (name: string, length: number): string => {
    let text = '';
    for (let part = 0; text.length < length; part += 1) {
      text += createHash('sha512').update(`${name} ${part} ${ticks} ${call.path}`).digest('base64url');
    }
    return text.replaceAll('_', '-').slice(0, length);
  };
  return `api-version=${call.apiVersion}&t=${ticks}&c=${fill('c', certificateLength)}&s=${fill('s', 342)}&h=${fill('h', 43)}`;
}
