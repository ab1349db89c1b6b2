import { regionalZoneName } from './naming.ts';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `regional`: one zone for the region, as the guide says. `per-cluster`: a zone for each private host name. */
export type Layout = 'regional' | 'per-cluster';

/** Zilliz's port on Azure, where an address names none (reference: ports). */
const DEFAULT_PORT = 19530;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const LONGEST_NAME = 253;

/** Host and port of a `privateLinkAddress` or `connectAddress`: a URL, or bare `host[:port]`. Null when it has none. */
export function parsePrivateLinkAddress(text: string): HostPort | null {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/:?#@\s]+?)\.?(?::(\d{1,5}))?(?:[/?#]\S*)?$/i.exec(
    text.trim(),
  );
  const host = match?.[1]?.toLowerCase();
  if (host === undefined || !isHostName(host)) return null;
  const port = match?.[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  return port >= 1 && port <= 65535 ? { host, port } : null;
}

/** The zone and the record name of a private host in a layout; null when the host does not fit it. */
export function dnsPlaceOf(
  host: string,
  regionId: string,
  layout: Layout,
): { readonly zone: string; readonly record: string } | null {
  const name = host.toLowerCase();
  if (layout === 'per-cluster') return { zone: name, record: '@' };
  const zone = regionalZoneName(regionId);
  if (!name.endsWith(`.${zone}`)) return null;
  const record = name.slice(0, -zone.length - 1);
  return record === '' ? null : { zone, record };
}

/** [inf] What Zilliz will call a cluster, by the guide's record name. For the plan only: a run takes the real address. */
export function predictedHost(clusterId: string, regionId: string): string {
  return `${clusterId}-privatelink.${regionalZoneName(regionId)}`;
}

function isHostName(host: string): boolean {
  const labels = host.split('.');
  const allNumeric = /^[\d.]+$/.test(host);
  return (
    host.length <= LONGEST_NAME &&
    labels.length >= 3 &&
    !allNumeric &&
    labels.every((label) => LABEL.test(label))
  );
}
