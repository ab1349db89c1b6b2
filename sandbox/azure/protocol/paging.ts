import type { Reply } from '../../kernel/operation.ts';
import type { World } from '../state/world.ts';
import type { ArmCall } from './armOperation.ts';

/** Documented: "returns up to 100 zones", record sets and links. Whether a larger `$top` brings more is written nowhere. */
const PRIVATE_DNS_PAGE = 100;

/**
 * One page of a list: `$top` or the service's own page size, the rest behind `nextLink` with a `$skiptoken`. `bodyOf` is called only
 * for what is on the page.
 */
export function page<T extends object>(
  world: World,
  call: ArmCall,
  items: readonly T[],
  bodyOf: (item: T) => object = (item) => item,
): Reply {
  const isDns = /\/privateDnsZones/i.test(call.path);
  const most = isDns ? Math.min(PRIVATE_DNS_PAGE, world.state.pageSize) : world.state.pageSize;
  const asked = Number(call.query.$top ?? most);
  const size = Math.min(Number.isInteger(asked) && asked > 0 ? asked : most, most);
  const start = Number(call.query.$skiptoken ?? 0) || 0;
  const value = items.slice(start, start + size).map(bodyOf);
  const next = start + size < items.length ? { nextLink: nextLink(call, start + size) } : {};
  return { status: 200, body: { value, ...next } };
}

function nextLink(call: ArmCall, start: number): string {
  const query = new URLSearchParams({ ...call.query, $skiptoken: String(start) });
  return `${call.origin}${call.path}?${query.toString()}`;
}
