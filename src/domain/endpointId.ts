import { privateEndpointNameFault } from './names.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What Zilliz registers: `<private endpoint name>.<resource GUID>` (guide, step 3). Null when the GUID is none. */
export function endpointId(name: string, resourceGuid: string): string | null {
  return GUID.test(resourceGuid) ? `${name}.${resourceGuid}` : null;
}

/** Whether a text can be what `endpointId` makes. */
export function isEndpointId(text: string): boolean {
  const dot = text.indexOf('.');
  return privateEndpointNameFault(text.slice(0, dot)) === null && GUID.test(text.slice(dot + 1));
}

/** Azure and Zilliz may write the GUID in different case. */
export function sameEndpointId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
