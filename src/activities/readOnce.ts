import type { Dns } from '../ports.ts';

export type ReadOnce = Pick<Dns, 'zone' | 'zones' | 'links' | 'records'>;

/** Keeps the answers of one round: connections share zones, and Azure Private DNS allows 500 reads in five minutes. */
export function readOnce(dns: Dns): ReadOnce {
  return {
    zone: once((id) => dns.zone(id)),
    zones: once((subscriptionId) => dns.zones(subscriptionId)),
    links: once((zoneId) => dns.links(zoneId)),
    records: once((zoneId) => dns.records(zoneId)),
  };
}

function once<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (id) => {
    const key = id.toLowerCase();
    const known = answers.get(key) ?? read(id);
    answers.set(key, known);
    return known;
  };
}
