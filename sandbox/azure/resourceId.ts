/** The form under which a resource is kept: ARM compares IDs without regard to case. */
export function keyOf(id: string): string {
  return id.replace(/\/+$/, '').toLowerCase();
}

/** Whether two resource IDs, or names, mean the same. */
export function sameId(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}

/** Whether `id` is `scope` or lies below it; `/` holds everything. */
export function isWithin(id: string, scope: string): boolean {
  const outer = keyOf(scope);
  return outer === '' || keyOf(id) === outer || keyOf(id).startsWith(`${outer}/`);
}

/** The segment that follows `name`, as written; undefined when there is none. */
export function segmentAfter(id: string, name: string): string | undefined {
  const segments = id.split('/');
  const index = segments.findIndex((segment) => segment.toLowerCase() === name.toLowerCase());
  return index < 0 ? undefined : segments[index + 1];
}

/** The last segment. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** `/subscriptions/…/resourceGroups/…` of a resource. */
export function resourceGroupIdOf(id: string): string {
  return id.split('/').slice(0, 5).join('/');
}

/** What a list reads: the subscription or resource group before `/providers/Microsoft.Network`. */
export function listedScope(scope: string): string {
  return scope.replace(/\/providers\/[^/]+$/i, '');
}

/** The parent of a nested resource: the ID without its last type and name. */
export function parentOf(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}

/** `Microsoft.Network/privateDnsZones/virtualNetworkLinks`; undefined for what is no resource. */
export function typeOf(id: string): string | undefined {
  const [, provider] = id.split(/\/providers\/(?!.*\/providers\/)/i);
  if (provider === undefined) return undefined;
  const [namespace, ...rest] = provider.split('/');
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}
