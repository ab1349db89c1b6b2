import * as z from 'zod';

const probeSchema = z.object({
  command: z.string().meta({ description: 'To paste into a shell on a machine in the virtual network' }),
  expected: z.string().meta({ description: 'What it prints when the private path stands' }),
});

export type Probe = Readonly<z.infer<typeof probeSchema>>;

/**
 * The proof as a command, for people who stand where the app cannot look: one call resolves the name, opens the port,
 * checks the certificate and asks the service. A proxy in the environment would resolve the name elsewhere.
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
  /** `connected` has its record; `pending` has no private link address yet; `failed` says why in `reason`. */
  state: z.enum(['connected', 'pending', 'failed']),
  host: z.string().nullable(),
  port: z.number().nullable(),
  /** Ready to paste into a client, e.g. `https://in01-…-privatelink.az-eastus.vectordb.zillizcloud.com:19530`. */
  uri: z.string().nullable(),
  recordSetId: z.string().nullable(),
  verification: z.object({ outcome: z.string(), detail: z.string() }).nullable(),
  publicAccess: z.enum(['open', 'closed', 'not-verifiable-from-here']).nullable(),
  reason: z.string().nullable(),
  /** Where the app could not make the proof itself: how a person makes it. */
  probe: probeSchema.optional(),
});

/** What a connect run ends with: the output of the run, and the body of the result. */
export const connectionResultSchema = z.object({
  /** `partial` when a cluster that was named in the request has no record. */
  outcome: z.enum(['connected', 'partial']),
  privateEndpoint: z.object({
    id: z.string(),
    endpointId: z.string(),
    address: z.string(),
    target: z.string(),
  }),
  zones: z.array(z.object({ id: z.string(), name: z.string() })),
  clusters: z.array(clusterSchema),
  /** What somebody else must create when `dns.manage` is false: zones, record sets in them, and then the links. */
  zonesToCreate: z
    .array(z.object({ name: z.string(), linkedNetworks: z.array(z.string()).readonly() }))
    .readonly()
    // Runs that an earlier version has ended do not say it.
    .default([]),
  recordsToCreate: z.array(z.object({ name: z.string(), address: z.string(), ttlSeconds: z.number() })),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  /** Things that no API can do. */
  actionsForPeople: z.array(z.string()),
  /** Writes that this run made, by kind; all zero when it found everything as it should be. */
  writes: z.record(z.string(), z.number()),
});

export type ConnectionResult = Readonly<z.infer<typeof connectionResultSchema>>;
export type ClusterResult = Readonly<z.infer<typeof clusterSchema>>;

const resourceSchema = z.object({ resource: z.string(), id: z.string() });

/** What became of everything that a tear-down looked at. */
const tearDownResultSchema = z.object({
  removed: z.array(resourceSchema).readonly(),
  /** What stays, and why: somebody else's, or still needed. */
  kept: z.array(resourceSchema.extend({ reason: z.string() })).readonly(),
  /** What should go and could not be removed; only an undo goes on past such a thing. */
  failed: z.array(resourceSchema.extend({ reason: z.string() })).readonly(),
  /** Things that no API can do. */
  actionsForPeople: z.array(z.string()).readonly(),
});

/** What a disconnect run ends with. */
export const disconnectResultSchema = tearDownResultSchema.extend({
  /** `kept` when the private endpoint itself stays, because somebody else uses its address. */
  outcome: z.enum(['disconnected', 'kept']),
  /** Writes that this run made, by kind; all zero when nothing of the connection was left. */
  writes: z.record(z.string(), z.number()),
});

export type TearDownResult = Readonly<z.infer<typeof tearDownResultSchema>>;
export type DisconnectResult = Readonly<z.infer<typeof disconnectResultSchema>>;
