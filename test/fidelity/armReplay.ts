import type { AzureTimings } from '../../sandbox/azure/timings.ts';
import { startTestBed } from '../sandbox/azure/support.ts';
import type { AzureTestBed } from '../sandbox/azure/support.ts';
import type { ArmExchange, ArmResponse, Conversation } from './armRecordings.ts';

const SECOND_MS = 1000;
const OPERATION_MS = 20 * SECOND_MS;

/** Every operation takes as long as the replay lets time pass before a recorded end; links complete much later. */
const timings: AzureTimings = {
  privateEndpoint: () => OPERATION_MS,
  privateEndpointDelete: () => OPERATION_MS,
  privateEndpointNameReserved: () => 0,
  virtualNetwork: () => OPERATION_MS,
  zone: () => OPERATION_MS,
  zoneDelete: () => OPERATION_MS,
  link: () => OPERATION_MS,
  linkCompleted: () => 600 * SECOND_MS,
  linkDelete: () => OPERATION_MS,
  resourceGroupDelete: () => OPERATION_MS,
  visibilityCheck: () => 0,
};

/** The simulator's response where Azure responded as recorded. */
export interface ReplayedExchange {
  readonly recorded: ArmExchange;
  readonly answered: ArmResponse;
}

/**
 * Plays a recorded conversation again, against a simulator that has nothing but its subscription and resource group, and the
 * storage account that the recorded private endpoint connects to. `prepare` may spoil it.
 */
export async function replay(
  { exchanges }: Conversation,
  prepare: (bed: AzureTestBed) => void = () => undefined,
): Promise<readonly ReplayedExchange[]> {
  const bed = await startTestBed({ timings, seeded: true });
  try {
    seed(bed, exchanges);
    prepare(bed);
    const urls = new Map<string, string>();
    const replayed: ReplayedExchange[] = [];
    for (const recorded of exchanges) {
      if (saysDone(recorded)) bed.pass(OPERATION_MS);
      const answered = await ask(bed, recorded, urls);
      rememberUrls(urls, recorded.response, answered);
      replayed.push({ recorded, answered });
    }
    return replayed;
  } finally {
    await bed.stop();
  }
}

function seed({ azure }: AzureTestBed, exchanges: readonly ArmExchange[]): void {
  const [first] = exchanges;
  const [group = '', subscriptionId = ''] =
    /\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+/.exec(first?.request.url ?? '') ?? [];
  azure.control.addSubscription({ subscriptionId });
  azure.control.addResourceGroup({ id: group });
  azure.control.addPrivateLinkService({
    alias: 'storage.00000000-0000-0000-0000-000000000000.eastus.azure.privatelinkservice',
    resourceId: `${group}/providers/Microsoft.Storage/storageAccounts/ipconfig000002`,
  });
}

/** A poll that found its operation at its end. */
function saysDone({ request, response: { status, body } }: ArmExchange): boolean {
  if (
    request.method !== 'GET' ||
    !/\/(operations|operationResults|privateDnsOperation\w+)\//.test(request.url)
  ) {
    return false;
  }
  const word = body instanceof Object ? (Reflect.get(body, 'status') as unknown) : undefined;
  return status !== 202 && word !== 'InProgress';
}

async function ask(
  bed: AzureTestBed,
  { request }: ArmExchange,
  urls: ReadonlyMap<string, string>,
): Promise<ArmResponse> {
  const recordedUrl = new URL(request.url);
  const path = urls.get(recordedUrl.pathname) ?? recordedUrl.pathname + recordedUrl.search;
  const { status, headers, body } = await bed.arm(request.method, path, request.body ?? undefined, {
    ...request.headers,
  });
  return { status, headers, body };
}

/** Polling URLs are the simulator's own: by their recorded paths they are found again. */
function rememberUrls(urls: Map<string, string>, recorded: ArmResponse, answered: ArmResponse): void {
  for (const header of ['azure-asyncoperation', 'location']) {
    const [theirs, ours] = [recorded.headers[header], answered.headers[header]];
    if (theirs !== undefined && ours !== undefined) urls.set(new URL(theirs).pathname, ours);
  }
}
