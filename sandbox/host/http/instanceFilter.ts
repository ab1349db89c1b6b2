import type { InstanceFilter } from '../hub/orchestrations.ts';
import { queryValue } from './message.ts';
import type { HostRequest } from './message.ts';

/** `createdTimeFrom`, `createdTimeTo` and `runtimeStatus` (a list with commas) of a query. */
export function queriedFilter(request: HostRequest): InstanceFilter {
  const from = timeOf(queryValue(request, 'createdTimeFrom'));
  const to = timeOf(queryValue(request, 'createdTimeTo'));
  const statuses = (queryValue(request, 'runtimeStatus') ?? '').split(',').filter((status) => status !== '');
  return {
    statuses,
    ...(from !== undefined && { createdFrom: from }),
    ...(to !== undefined && { createdTo: to }),
  };
}

function timeOf(text: string | undefined): number | undefined {
  const at = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
