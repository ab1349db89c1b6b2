import * as z from 'zod';
import { failureCodeSchema } from '../failure/failure.ts';

const probeSchema = z.object({
  command: z.string().meta({ description: 'To paste into a shell on a machine in the virtual network' }),
  expected: z.string().meta({ description: 'What it prints when the private path works' }),
});

export type Probe = Readonly<z.infer<typeof probeSchema>>;

/**
 * A command that verifies the connectivity, for networks that the app cannot reach: one call resolves the name, opens the port,
 * checks the certificate and calls the service. It uses no proxy, because a proxy resolves the name itself.
 */
export function probeOf(at: {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}): Probe {
  const { host, port, address } = at;
  const shown = '%{remote_ip} port %{remote_port}: HTTP %{http_code}\\n';
  return {
    command: `curl -sS --noproxy '*' --max-time 10 -o /dev/null -w '${shown}' https://${host}:${port}/`,
    expected: `${address} port ${port}: HTTP 400 (or another status of the service, but not 000)`,
  };
}

const clusterSchema = z.object({
  clusterId: z.string(),
  /** `connected`: has its record; `pending`: has no private link address yet; `failed`: `reason` has the cause. */
  state: z.enum(['connected', 'pending', 'failed']),
  host: z.string().nullable(),
  port: z.number().nullable(),
  /** Ready to paste into a client, e.g. `https://in01-…-privatelink.az-eastus.vectordb.zillizcloud.com:19530`. */
  uri: z.string().nullable(),
  recordSetId: z.string().nullable(),
  verification: z.object({ outcome: z.string(), detail: z.string() }).nullable(),
  publicAccess: z.enum(['open', 'no-answer-from-here', 'not-verifiable-from-here']).nullable().meta({
    description: 'Whether the public address answered. No answer does not prove that it is disabled',
  }),
  reason: z.string().nullable(),
  /** The command to verify the connectivity manually, if the app could not verify it. */
  probe: probeSchema.optional(),
});

const writesSchema = z.record(z.string(), z.number()).meta({
  description:
    'Number of writes of the run by kind. `<kind>, found after a lost answer`: it was there when a request without an answer was repeated',
});

const omittedSchema = z.number().default(0).meta({
  description: 'Entries of the lists that are not shown: what a failed run knows is kept within a limit',
});

/** The output of a connect run. Of a failed one, what it knows. */
export const connectionResultSchema = z.object({
  outcome: z.enum(['connected', 'degraded', 'waiting-for-dns-owner', 'failed']),
  /** What is not as requested; null when it is connected. */
  problem: z.object({ code: failureCodeSchema, detail: z.string() }).nullable(),
  /** Null if the run failed before it was ready. */
  privateEndpoint: z
    .object({ id: z.string(), endpointId: z.string(), address: z.string(), target: z.string() })
    .nullable(),
  zones: z.array(z.object({ id: z.string(), name: z.string() })),
  clusters: z.array(clusterSchema),
  /** What the owner of DNS must create when `dns.manage` is false: zones, their record sets, and then the links. */
  zonesToCreate: z
    .array(z.object({ name: z.string(), linkedNetworks: z.array(z.string()).readonly() }))
    .readonly()
    // Results of an earlier version do not have this field.
    .default([]),
  recordsToCreate: z.array(z.object({ name: z.string(), address: z.string(), ttlSeconds: z.number() })),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  /** Things that no API can do. */
  manualSteps: z.array(z.string()),
  writes: writesSchema,
  omitted: omittedSchema,
});

export type ConnectionResult = Readonly<z.infer<typeof connectionResultSchema>>;
export type ClusterResult = Readonly<z.infer<typeof clusterSchema>>;

const resourceSchema = z.object({ resource: z.string(), id: z.string() });

/** The outcome for each resource that a tear-down checked. */
const tearDownResultSchema = z.object({
  removed: z.array(resourceSchema).readonly(),
  /** What is kept, with the reason: another owner has it, or it is still needed. */
  kept: z.array(resourceSchema.extend({ reason: z.string() })).readonly(),
  /** What could not be removed. Only an undo continues after such a failure. */
  failed: z.array(resourceSchema.extend({ reason: z.string() })).readonly(),
  /** Things that no API can do. */
  manualSteps: z.array(z.string()).readonly(),
});

/** The output of a disconnect run. Of a failed one, what it knows. */
export const disconnectResultSchema = tearDownResultSchema.extend({
  /**
   * `kept` when the private endpoint is kept, because a record of another owner has its address, or nothing proves that it is
   * ours. `degraded` when Zilliz could not be asked: DNS is gone, registration and endpoint stay until DELETE comes again.
   */
  outcome: z.enum(['disconnected', 'kept', 'degraded', 'failed']),
  writes: writesSchema,
  omitted: omittedSchema,
});

export type TearDownResult = Readonly<z.infer<typeof tearDownResultSchema>>;
export type DisconnectResult = Readonly<z.infer<typeof disconnectResultSchema>>;
