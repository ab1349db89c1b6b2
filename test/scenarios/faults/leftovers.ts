import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { isOurs, readEndpointMarks, recordOwner } from '../../../src/domain/connection/marks.ts';

const connection = connectionFrom(connectionRequestSchema.parse(sampleRequest));

/** What is there without the mark that says whose it is. The world of the tests holds nothing of the kind by itself. */
export function halfOwned({ sandbox }: Rig): readonly string[] {
  const { network, dns } = sandbox.azure.control.snapshot();
  const endpoints = Object.values(network.privateEndpoints);
  const { endpoints: registered } = sandbox.zilliz.control.snapshot();
  const known = endpoints.map(({ name, resourceGuid }) => `${name}.${resourceGuid}`.toLowerCase());
  return [
    ...endpoints.filter(({ tags }) => readEndpointMarks(tags)?.connectionId !== connection.id),
    ...Object.values(dns.zones).filter(({ tags }) => !isOurs(tags)),
    ...Object.values(dns.links).filter(({ tags }) => !isOurs(tags)),
    ...Object.values(dns.recordSets).filter(
      ({ type, isAutoRegistered, metadata }) =>
        type === 'A' && !isAutoRegistered && recordOwner(metadata ?? {})?.connectionId !== connection.id,
    ),
    ...registered
      .filter(({ endpointId }) => !known.includes(endpointId.toLowerCase()))
      .map(({ endpointId }) => ({ id: endpointId })),
  ].map(({ id }) => id);
}

/** A run that ends early leaves none: from a link on, the zone hides the public names. */
export function linksOfOurs({ sandbox }: Rig): readonly string[] {
  const { links } = sandbox.azure.control.snapshot().dns;
  return Object.values(links)
    .filter(({ tags }) => isOurs(tags))
    .map(({ id }) => id);
}

/** Faults of which the service never hears the call. */
const UNHEARD = ['status', 'reset', 'hang'];

/** Writes that were carried out more than once; tags may be patched again with others. Nothing can read a whitelist entry back, so it is counted apart. */
export function executedTwice({ sandbox }: Pick<Rig, 'sandbox'>): {
  readonly writes: readonly string[];
  readonly whitelistEntries: number;
} {
  const done = sandbox.traffic
    .writes()
    .filter(({ fault, response }) => !UNHEARD.includes(fault ?? '') && isSuccess(response))
    .map(({ operation, request: { url, body } }) =>
      [
        operation,
        url.split('?')[0] ?? '',
        ...(operation === 'tags.patch' ? [JSON.stringify(body)] : []),
      ].join(' '),
    );
  const whitelisting = done.filter((write) => write.startsWith('zilliz.addWhitelistEntry'));
  const others = done.filter((write) => !whitelisting.includes(write));
  return {
    writes: others.filter((write, index) => others.indexOf(write) !== index),
    whitelistEntries: whitelisting.length,
  };
}

/** Zilliz says with HTTP 200 that it has not done it. */
export function isSuccess({ status, body }: { readonly status: number; readonly body: unknown }): boolean {
  if (status < 200 || status >= 300) return false;
  if (typeof body !== 'object' || body === null || !('code' in body)) return true;
  return body.code === 0;
}
