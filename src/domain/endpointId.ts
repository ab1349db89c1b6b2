const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What Zilliz registers: `<private endpoint name>.<resource GUID>` (guide, step 3). Null when the GUID is none. */
export function endpointId(name: string, resourceGuid: string): string | null {
  return GUID.test(resourceGuid) ? `${name}.${resourceGuid}` : null;
}

/** Azure and Zilliz may write the GUID in different case. */
export function sameEndpointId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
