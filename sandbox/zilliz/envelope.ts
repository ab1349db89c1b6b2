import type { Call, Reply } from '../kernel/operation.ts';

/** Codes that Zilliz publishes or that were recorded (reference: error-codes-v2 and the vendor's own test data). */
const documentedCodes = {
  notAuthenticated: [1800, "User hasn't authenticated"],
  badKey: [21119, 'The apikey is illegal'],
  duplicateClusterName: [40013, 'The specified cluster name already exists.'],
  planDowngrade: [63104, 'Project plan can only be upgraded, not downgraded.'],
  badCloud: [96000, 'The cloud ID is invalid.'],
  badRegion: [96001, 'The region ID is invalid.'],
  badProject: [96005, 'The project ID is invalid.'],
  otherOrganisation: [96012, 'The project and the API key do not belong to the same organization.'],
  notOwner: [96013, 'This operation requires the organization owner or project owner.'],
  badCuSize: [96002, 'The CU size is invalid.'],
  badPlan: [96004, 'The plan is invalid.'],
  badClusterName: [96010, 'The cluster name is invalid.'],
  clusterOfOtherOrganisation: [96014, 'The cluster and the API key do not belong to the same organization.'],
  notClusterOwner: [96015, 'This operation on a cluster requires the organization owner or project owner.'],
  clusterNotScoped: [96016, 'The API key is not scoped to this cluster.'],
  noCluster: [96018, 'The cluster does not exist.'],
  freeUnsupported: [96021, 'A Free cluster does not support this operation.'],
  serverlessUnsupported: [96022, 'A Serverless cluster does not support this operation.'],
  noJob: [96026, 'The job does not exist.'],
  keyNotScoped: [96027, 'The API key is not scoped to this project.'],
  enterpriseOnly: [96028, 'This operation is available only to projects of the Enterprise plan.'],
} as const satisfies Record<string, readonly [number, string]>;

/** The vendor publishes no codes for these: the numbers are ours, clients must not depend on them. */
const inventedCodes = {
  invalidParameter: [63200, 'The request parameter is invalid.'],
  duplicateEndpoint: [63201, 'The private endpoint already exists.'],
  endpointQuota: [63202, 'The number of private endpoints in this project has reached the limit of 10.'],
  unknownConnection: [63203, 'The endpoint ID was not found at the cloud provider.'],
  subscriptionNotAllowed: [63204, 'The subscription is not in the whitelist.'],
  endpointNotRegistered: [63205, 'The private endpoint does not exist.'],
  duplicateWhitelistEntry: [63206, 'The whitelist entry already exists.'],
  tooManyRequests: [63207, 'Too many requests, the rate limit has been exceeded.'],
  noRoute: [63208, 'The requested path does not exist.'],
} as const satisfies Record<string, readonly [number, string]>;

const codes = { ...documentedCodes, ...inventedCodes };

/** Why Zilliz refuses a call. */
export type Refusal = keyof typeof codes;

/** `{ code: 0, data }`. */
export function success(data: unknown): Reply {
  return { status: 200, body: { code: 0, data } };
}

/** `{ code, message }`. Business failures come with HTTP 200 (recorded), a bad key with 401 (recorded). */
export function refuse(refusal: Refusal, status = refusal === 'badKey' ? 401 : 200): Reply {
  const [code, message] = codes[refusal];
  return { status, body: { code, message } };
}

/** One page of `items` under `key`. Values out of range fall back to the first page and ten items (documented). */
export function page<T>(
  call: Call,
  key: string,
  items: readonly T[],
  shown: (item: T) => unknown = (item) => item,
): Reply {
  const pageSize = within(call.query.pagesize, 100) ?? 10;
  const currentPage = within(call.query.currentpage, Infinity) ?? 1;
  const start = (currentPage - 1) * pageSize;
  const entries = items.slice(start, start + pageSize).map(shown);
  return success({ count: items.length, currentPage, pageSize, [key]: entries });
}

function within(text: string | undefined, most: number): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}

/** ISO 8601 to the second with Z, as recorded. */
export function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
