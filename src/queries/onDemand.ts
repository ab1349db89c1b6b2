import type { Connection } from '../domain/connection/connection.ts';
import type { OnDemand } from '../domain/resources/onDemand.ts';
import { onDemandOf, showsRecord } from '../domain/resources/onDemand.ts';
import type { Ports } from '../ports.ts';
import { tryRead } from './tryRead.ts';

/** Reads what Zilliz shows of on-demand compute. A failed read is part of the result: it concerns nothing that the app does. */
export async function observeOnDemand(
  { zilliz, network }: Pick<Ports, 'zilliz' | 'network'>,
  connection: Connection,
): Promise<OnDemand> {
  const { regionId, privateEndpoint } = connection;
  const [status, clusters] = await Promise.all([
    tryRead(() => zilliz.onDemandCompute(connection), 'all'),
    tryRead(() => zilliz.onDemandClusters(connection), 'all'),
  ]);
  const address = async (): Promise<string | null> => {
    const endpoint = await network.privateEndpoint(privateEndpoint.id);
    return endpoint?.networkInterfaceId ? network.privateIpAddress(endpoint.networkInterfaceId) : null;
  };
  const read = showsRecord(clusters, regionId) ? await tryRead(address, 'all') : null;
  return onDemandOf(regionId, { status, clusters, address: read?.ok ? read.value : null });
}
