import * as z from 'zod';
import type { Outcome } from '../failure/failure.ts';
import { RECORD_TTL_SECONDS } from './aRecord.ts';
import { parsePrivateLinkAddress } from './cluster.ts';
import type { OnDemandCluster } from './model.ts';

/** On-demand compute of the project in the region. The app reports it, and writes nothing for it. */
export const onDemandSchema = z
  .object({
    status: z.string().nullable().meta({
      description: "Zilliz's word: disabled, enabling, enabled or abnormal; null: it could not be read",
    }),
    unread: z.string().nullable().meta({ description: 'Why a part could not be read' }),
    endpoint: z
      .string()
      .nullable()
      .meta({ description: 'Host of the project endpoint, which all of them share' }),
    clusters: z
      .array(
        z.object({
          clusterId: z.string(),
          name: z.string(),
          status: z.string(),
          privateLink: z.string().nullable(),
        }),
      )
      .readonly(),
    record: z
      .object({
        zone: z.string(),
        name: z.literal('@'),
        type: z.literal('A'),
        ttlSeconds: z.number(),
        address: z.string().nullable().meta({ description: 'Null until the private endpoint has one' }),
      })
      .nullable()
      .meta({ description: "What Zilliz's guide for AWS would ask for. The app does not create it" }),
    note: z.string(),
  })
  .meta({ id: 'OnDemand' });

export type OnDemand = Readonly<z.infer<typeof onDemandSchema>>;

interface ReadOnDemand {
  readonly status: Outcome<string>;
  readonly clusters: Outcome<readonly OnDemandCluster[]>;
  /** The address of the private endpoint; null while it has none. */
  readonly address: string | null;
}

/** [inf] It is not documented by which name, on Azure, the private endpoint serves on-demand clusters. */
export function onDemandOf(regionId: string, { status, clusters, address }: ReadOnDemand): OnDemand {
  const listed = clusters.ok ? clusters.value : [];
  const host = projectHost(listed, regionId);
  const failures = [status, clusters].flatMap((read) => (read.ok ? [] : [read.failure.message]));
  return {
    status: status.ok ? status.value : null,
    unread: failures.length === 0 ? null : [...new Set(failures)].join('; '),
    endpoint: host,
    clusters: listed.map(({ clusterId, name, status: word, privateLink }) => ({
      ...{ clusterId, name, status: word, privateLink },
    })),
    record:
      host === null ? null : { zone: host, name: '@', type: 'A', ttlSeconds: RECORD_TTL_SECONDS, address },
    note:
      listed.length === 0
        ? 'No on-demand cluster is listed in this project and region.'
        : "Zilliz's guide says that a private link also serves on-demand clusters, and not by which name on Azure. The app creates nothing for them. Ask Zilliz before you create the record: a zone of that name hides the public project endpoint from the linked networks.",
  };
}

/** Whether there is a record to show, so that the address of the private endpoint is of use. */
export function showsRecord(clusters: Outcome<readonly OnDemandCluster[]>, regionId: string): boolean {
  return clusters.ok && projectHost(clusters.value, regionId) !== null;
}

/** The host of the project endpoint, if it is one of Zilliz's in the region: a foreign name must not become a zone. */
function projectHost(clusters: readonly OnDemandCluster[], regionId: string): string | null {
  const hosts = clusters.flatMap(({ endpoint }) => parsePrivateLinkAddress(endpoint)?.host ?? []);
  return hosts.find((host) => host.endsWith(`.${regionId}.api.zillizcloud.com`)) ?? null;
}
