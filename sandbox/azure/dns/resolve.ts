import { z } from 'zod';
import type { Instant } from '../../kernel/clock.ts';
import { sameId } from '../resourceId.ts';
import type { RecordSet } from '../state/dnsSchema.ts';
import type { AzureState } from '../state/schema.ts';

type Resolution = { readonly addresses: readonly string[]; readonly ttl: number } | 'nxdomain' | 'public';

const aRecords = z.array(z.object({ ipv4Address: z.string() }));
const cnameRecord = z.object({ cname: z.string() });

/** A chain of CNAMEs is followed this far. */
const LONGEST_CHAIN = 8;

/** The answer of the private DNS zones linked to a virtual network: the most specific zone, and nothing beside it. */
export function resolveIn(
  state: AzureState,
  virtualNetworkId: string,
  name: string,
  now: Instant,
  chain = LONGEST_CHAIN,
): Resolution {
  const host = name.replace(/\.$/, '').toLowerCase();
  const [zone] = Object.values(state.dns.links)
    .filter((link) => sameId(link.virtualNetworkId, virtualNetworkId) && link.completedAt <= now)
    .map((link) => ({ link, key: link.zone, name: state.dns.zones[link.zone]?.name.toLowerCase() ?? '' }))
    .filter(({ name: zoneName }) => host === zoneName || host.endsWith(`.${zoneName}`))
    .sort((one, other) => other.name.length - one.name.length);
  if (!zone) return 'public';
  const label = host === zone.name ? '@' : host.slice(0, -zone.name.length - 1);
  const records = Object.values(state.dns.recordSets).filter((record) => record.zone === zone.key);
  const alias = named(records, 'CNAME', label);
  if (alias && chain > 0) {
    const target = cnameRecord.safeParse(alias.values.cnameRecord);
    if (target.success) return resolveIn(state, virtualNetworkId, target.data.cname, now, chain - 1);
  }
  const found = named(records, 'A', label);
  const addresses = aRecords.safeParse(found?.values.aRecords).data ?? [];
  if (found && addresses.length > 0) {
    return { addresses: addresses.map(({ ipv4Address }) => ipv4Address), ttl: found.ttl };
  }
  return zone.link.resolutionPolicy === 'NxDomainRedirect' ? 'public' : 'nxdomain';
}

/** The record set of a name, or the wildcard that covers it. */
function named(records: readonly RecordSet[], type: RecordSet['type'], label: string): RecordSet | undefined {
  const ofType = records.filter((record) => record.type === type);
  const wildcard = ['*', ...label.split('.').slice(1)].join('.');
  return (
    ofType.find((record) => record.name.toLowerCase() === label) ??
    (label === '@' ? undefined : ofType.find((record) => record.name.toLowerCase() === wildcard))
  );
}
