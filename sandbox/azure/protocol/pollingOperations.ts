import { sameId } from '../resourceId.ts';
import type { LongRunningOperation } from '../state/longRunningSchema.ts';
import type { World } from '../state/world.ts';
import type { ArmFault } from './armFault.ts';
import { armFault } from './armFault.ts';
import type { ArmCall, ArmOperation } from './armOperation.ts';
import { networkPollingHeaders, privateDnsPollingHeaders, retryAfter, statusBody } from './longRunning.ts';

const network = '/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}';
const privateDns = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network';

/** Where long-running operations are polled: the network provider returns 200 throughout, private DNS 202 while it runs. */
export function pollingOperations(world: World): readonly ArmOperation[] {
  const find = (call: ArmCall): LongRunningOperation => {
    const { operation: id = '', subscription = '' } = call.params;
    const operation = world.state.longRunning.operations[id];
    if (operation && sameId(operation.subscriptionId, subscription)) return operation;
    throw notFound(id);
  };
  return [
    {
      name: 'operations.get',
      method: 'GET',
      path: `${network}/operations/{operation}`,
      handle(call) {
        const operation = find(call);
        const headers = operation.outcome ? {} : retryAfter(world);
        return { status: 200, headers, body: statusBody(operation) };
      },
    },
    {
      name: 'operationResults.get',
      method: 'GET',
      path: `${network}/operationResults/{operation}`,
      handle(call) {
        const operation = find(call);
        const headers = networkPollingHeaders(world, call, call.params.location ?? '', operation.id, {
          withLocation: true,
        });
        if (!operation.outcome) return { status: 202, headers };
        if (operation.outcome.status === 'Failed') throw armFault(409, operation.outcome.error);
        const { effect } = operation;
        if (effect.kind === 'answer') return { status: 200, body: effect.body };
        // Recorded: a content type without content.
        return { status: 204, headers: { ...headers, 'content-type': 'application/json; charset=utf-8' } };
      },
    },
    {
      name: 'privateDnsOperationStatuses.get',
      method: 'GET',
      path: `${privateDns}/privateDnsOperationStatuses/{operation}`,
      handle(call) {
        const operation = find(call);
        if (operation.outcome) return { status: 200, body: privateDnsStatus(operation) };
        const headers = privateDnsPollingHeaders(world, call, operation.id);
        return { status: 202, headers, body: { status: 'InProgress' } };
      },
    },
    {
      name: 'privateDnsOperationResults.get',
      method: 'GET',
      path: `${privateDns}/privateDnsOperationResults/{operation}`,
      handle(call) {
        const operation = find(call);
        if (!operation.outcome) {
          return { status: 202, headers: privateDnsPollingHeaders(world, call, operation.id), body: {} };
        }
        if (operation.outcome.status === 'Succeeded') return { status: 200, body: {} };
        const { code, message } = operation.outcome.error;
        const status = code === 'PreconditionFailed' ? 412 : code === 'BadRequest' ? 400 : 409;
        return { status, body: { code, message } };
      },
    },
  ];
}

/** Private DNS puts the error before the status and has no details. */
function privateDnsStatus(operation: LongRunningOperation): object {
  if (operation.outcome?.status !== 'Failed') return statusBody(operation);
  const { code, message } = operation.outcome.error;
  return { error: { code, message }, status: 'Failed' };
}

function notFound(operation: string): ArmFault {
  return armFault(404, {
    code: 'OperationNotFound',
    message: `Operation '${operation}' was not found.`,
    details: [],
  });
}
