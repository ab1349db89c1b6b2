import type { Dns, Ports, Zilliz } from '../ports.ts';
import { replacing } from './replacing.ts';

/**
 * Keeps the answers of one round: connections share clusters and zones, and Azure Private DNS allows 500 reads in five
 * minutes.
 */
export function readOnce(ports: Ports): Ports {
  const { dns, zilliz } = ports;
  const clusters = once((key) => {
    const [projectId = '', regionId = ''] = key.split(SEPARATOR);
    return zilliz.clusters({ projectId, regionId });
  });
  return {
    ...ports,
    zilliz: replacing<Zilliz>(zilliz, {
      clusters: ({ projectId, regionId }) => clusters([projectId, regionId].join(SEPARATOR)),
    }),
    dns: replacing<Dns>(dns, {
      zone: once((id) => dns.zone(id)),
      zones: once((subscriptionId) => dns.zones(subscriptionId)),
      links: once((zoneId) => dns.links(zoneId)),
      records: once((zoneId) => dns.records(zoneId)),
    }),
  };
}

const SEPARATOR = ' ';

function once<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const known = answers.get(key);
    if (known) return known;
    const answer = read(key);
    answers.set(key, answer);
    // What failed may be asked for again.
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
