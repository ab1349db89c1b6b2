import { isActive, snapshotOf } from '../hub/instance.ts';
import type { Instance } from '../hub/instance.ts';
import type { Orchestrations } from '../hub/orchestrations.ts';
import { exceptionReply } from './exceptions.ts';
import { DuplicateHistoryKeyError, historyView } from './historyView.ts';
import { queriedFilter } from './instanceFilter.ts';
import { jsonReply, queryValue } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';

/** 202 while the instance runs, 200 when it has ended, 500 when it failed and the caller wants that. */
export function instanceStatus(instance: Instance, request: HostRequest, origin: string): HostReply {
  const { parent } = instance;
  const body: Record<string, unknown> = {
    ...statusBody(instance, isOn(request, 'showInput', true)),
    // Not in lists (recorded).
    ...(parent && { parentInstanceId: parent.OrchestrationInstance.InstanceId }),
  };
  if (isOn(request, 'showHistory', false)) {
    try {
      body.historyEvents = historyView(instance.history, isOn(request, 'showHistoryOutput', false));
    } catch (error) {
      if (!(error instanceof DuplicateHistoryKeyError)) throw error;
      return exceptionReply(400, 'One or more of the arguments submitted is incorrect', {
        message: error.message,
        type: 'System.ArgumentException',
      });
    }
  }
  if (isActive(instance)) {
    return jsonReply(202, body, { location: `${origin}${request.url}`, 'retry-after': '5' });
  }
  const asFault = instance.status === 'Failed' && isOn(request, 'returnInternalServerErrorOnFailure', false);
  return jsonReply(asFault ? 500 : 200, body);
}

/** A page of instances; the header says where the next one begins. */
export function instanceList(orchestrations: Orchestrations, request: HostRequest): HostReply {
  const token = request.headers['x-ms-continuation-token']?.trim() ?? '';
  const from = Buffer.from(token, 'base64').toString('utf8');
  const all = orchestrations.list(queriedFilter(request)).filter(({ instanceId }) => instanceId >= from);
  const top = Number(queryValue(request, 'top') ?? '100');
  const next = all[top];
  const page = all.slice(0, top).map((instance) => statusBody(instance, isOn(request, 'showInput', true)));
  return jsonReply(
    200,
    page,
    next ? { 'x-ms-continuation-token': Buffer.from(next.instanceId).toString('base64') } : {},
  );
}

function statusBody(instance: Instance, showInput: boolean): Record<string, unknown> {
  const { name, instanceId, runtimeStatus, input, customStatus, output, createdTime, lastUpdatedTime } =
    snapshotOf(instance);
  return {
    name,
    instanceId,
    runtimeStatus,
    input: showInput ? input : null,
    customStatus,
    output,
    createdTime: wholeSeconds(createdTime),
    lastUpdatedTime: wholeSeconds(lastUpdatedTime),
  };
}

function wholeSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}

function isOn(request: HostRequest, name: string, otherwise: boolean): boolean {
  const value = queryValue(request, name)?.toLowerCase();
  return value === undefined ? otherwise : value === 'true';
}
