import type { Reply } from '../../kernel/operation.ts';
import type { World } from '../state/world.ts';
import type { ArmCall } from './armOperation.ts';

/** One page of a list: `$top` or the service's own page size, the rest behind `nextLink` with a `$skiptoken`. */
export function page(world: World, call: ArmCall, items: readonly object[]): Reply {
  const asked = Number(call.query.$top ?? world.state.pageSize);
  const size = Math.min(
    Number.isInteger(asked) && asked > 0 ? asked : world.state.pageSize,
    world.state.pageSize,
  );
  const start = Number(call.query.$skiptoken ?? 0) || 0;
  const value = items.slice(start, start + size);
  const next = start + size < items.length ? { nextLink: nextLink(call, start + size) } : {};
  return { status: 200, body: { value, ...next } };
}

function nextLink(call: ArmCall, start: number): string {
  const query = new URLSearchParams({ ...call.query, $skiptoken: String(start) });
  return `${call.origin}${call.path}?${query.toString()}`;
}
