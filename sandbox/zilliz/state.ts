import { z } from 'zod';

/** Sandbox time in milliseconds since the epoch. */
const instant = z.number();

const projectSchema = z.strictObject({
  projectId: z.string(),
  projectName: z.string(),
  description: z.string().default(''),
  /** `Standard`, `Enterprise`, `BusinessCritical`; any word is taken, as the vendor may add some. */
  plan: z.string(),
  regionIds: z.array(z.string()),
  orgType: z.string().default('SAAS'),
  organisation: z.string().default('sandbox'),
  createdAt: instant,
});

const keySchema = z.strictObject({
  key: z.string(),
  organisation: z.string().default('sandbox'),
  scope: z.union([
    z.literal('organisation'),
    z.strictObject({ projectIds: z.array(z.string()) }),
    z.strictObject({ clusterIds: z.array(z.string()) }),
  ]),
  /** Private endpoints belong to the `security` resource, which only a project admin may manage. */
  role: z.enum(['admin', 'viewer']),
});

const regionSchema = z.strictObject({
  regionId: z.string(),
  cloudId: z.string().default('azure'),
  /** What the service list shows: an alias or a resource ID; undefined when private link is not offered there. */
  endpointService: z.string().optional(),
  endpointServiceStatus: z.string().default('AVAILABLE'),
  /** What Azure knows the service by, when `endpointService` is a resource ID. */
  alias: z.string().optional(),
  whitelistRequired: z.boolean().default(true),
  aliasListedBeforeWhitelist: z.boolean().default(false),
});

const whitelistEntrySchema = z.strictObject({
  projectId: z.string(),
  regionId: z.string(),
  subscriptionId: z.string(),
  effectiveAt: instant,
  /** Whether Azure has been informed. */
  settled: z.boolean(),
});

const endpointSchema = z.strictObject({
  projectId: z.string(),
  regionId: z.string(),
  endpointId: z.string(),
  registeredAt: instant,
  /** When Zilliz accepts or rejects it, which is when Azure's connection changes. */
  decidedAt: instant,
  /** When its status becomes the ready word. */
  availableAt: instant,
  /** `ignore`: there is never a decision. */
  review: z.enum(['accept', 'reject', 'fail', 'ignore']),
  reason: z.string().optional(),
  /** Whether Azure has been informed. */
  settled: z.boolean(),
  /** Shown instead of the word that follows from the times. */
  statusWord: z.string().optional(),
});

const clusterSchema = z.strictObject({
  clusterId: z.string(),
  clusterName: z.string(),
  description: z.string().default(''),
  projectId: z.string(),
  regionId: z.string(),
  plan: z.string(),
  deploymentOption: z.string().default('Dedicated'),
  cuType: z.string().default('Performance-optimized'),
  cuSize: z.number().default(1),
  globalClusterMeta: z
    .strictObject({ globalClusterId: z.string(), role: z.string() })
    .nullable()
    .default(null),
  createdAt: instant,
  status: z.string(),
  /** When `status` gives way to `statusAfter`; null when it stays. */
  statusUntil: instant.nullable(),
  statusAfter: z.string().default('RUNNING'),
  /** Since when the cluster has run, or will have. Null while no end of its present status is known. */
  runningSince: instant.nullable(),
  /** When its private link address appears; null while nothing allocates one. */
  privateLinkAt: instant.nullable().default(null),
  privateLinkHidden: z.boolean().default(false),
  /** `as-public`: its private name equals the public one, as seen on Google Cloud. */
  privateName: z.enum(['suffixed', 'as-public']).default('suffixed'),
  /** Whether `connectAddress` becomes the private address once there is one (plugin text). */
  switchesPublicAddress: z.boolean().default(false),
  publicAccess: z.enum(['open', 'disabled', 'allowlist']).default('open'),
  /** When its deletion ends; from then on it lies in the recycle bin. */
  deletedAt: instant.nullable().default(null),
  /** What describing it returns from then on. */
  deletedAnswer: z.enum(['deleted', 'not-found']).default('deleted'),
});

const onDemandClusterSchema = z.strictObject({
  clusterId: z.string(),
  clusterName: z.string(),
  projectId: z.string(),
  regionId: z.string(),
  cuSize: z.number().default(1),
  status: z.string().default('RUNNING'),
  privateLink: z.string().default(''),
  createdBy: z.string().default('sandbox@example.com'),
  createdAt: instant,
  /** Minutes without use after which it is suspended. */
  autoSuspend: z.number().default(5),
});

const rateLimitSchema = z.strictObject({
  perSecond: z.number().positive().default(20),
  /** The vendor publishes no shape, so both that occur elsewhere can be had. */
  answer: z.enum(['http-429', 'http-200']).default('http-429'),
  retryAfterSeconds: z.number().nonnegative().nullable().default(1),
});

const settingsSchema = z.strictObject({
  rateLimit: rateLimitSchema.nullable(),
  /** What becomes of endpoints registered from now on. */
  review: endpointSchema.shape.review,
  pendingWord: z.string(),
  readyWord: z.string(),
  /** Whether a repeated whitelist entry is accepted. Not documented. */
  repeatedWhitelistEntry: z.enum(['success', 'failure']),
  /** How the list writes endpoint IDs. Not documented. */
  endpointIdCase: z.enum(['kept', 'lower']),
});

/** Everything the simulator of Zilliz Cloud knows: plain data, so that it can lie in a file. */
export const zillizStateSchema = z.strictObject({
  projects: z.array(projectSchema),
  keys: z.array(keySchema),
  regions: z.array(regionSchema),
  whitelist: z.array(whitelistEntrySchema),
  endpoints: z.array(endpointSchema),
  /** By lower-case endpoint ID, when Azure's pending connection will have reached Zilliz. */
  deliveries: z.record(z.string(), instant),
  clusters: z.array(clusterSchema),
  onDemandClusters: z.array(onDemandClusterSchema),
  /** By `project region`, what is not `enabled` with on-demand clusters and `disabled` without. */
  onDemandCompute: z.record(z.string(), z.string()).default({}),
  settings: settingsSchema,
});

export type ZillizState = z.infer<typeof zillizStateSchema>;
export type ProjectState = z.infer<typeof projectSchema>;
export type KeyState = z.infer<typeof keySchema>;
export type RegionState = z.infer<typeof regionSchema>;
export type EndpointState = z.infer<typeof endpointSchema>;
export type ClusterState = z.infer<typeof clusterSchema>;
export type OnDemandClusterState = z.infer<typeof onDemandClusterSchema>;
export type RateLimit = z.infer<typeof rateLimitSchema>;

export { clusterSchema, keySchema, onDemandClusterSchema, projectSchema, rateLimitSchema, regionSchema };

/** A Zilliz Cloud without regions, projects or keys. */
export function emptyZillizState(): ZillizState {
  return {
    projects: [],
    keys: [],
    regions: [],
    whitelist: [],
    endpoints: [],
    deliveries: {},
    clusters: [],
    onDemandClusters: [],
    onDemandCompute: {},
    settings: {
      rateLimit: rateLimitSchema.parse({}),
      review: 'accept',
      pendingWord: 'PENDING',
      readyWord: 'AVAILABLE',
      repeatedWhitelistEntry: 'success',
      endpointIdCase: 'kept',
    },
  };
}
