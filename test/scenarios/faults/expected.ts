import type { FailureCode } from '../../../src/domain/failure/catalog.ts';
import type { PhaseName } from '../../../src/domain/run/phase.ts';
import type { Cell } from './cell.ts';
import type { FaultKind } from './faultKinds.ts';
import { siteKey } from './sites.ts';
import type { Site } from './sites.ts';

/** How a cell may end: connected, or stopped by one of these codes in one of these phases. */
export interface Expected {
  readonly connected: boolean;
  /** Connected without the one record that was refused. */
  readonly partial?: true;
  /** The run is connected, and GET meets the fault itself: what it may say then. */
  readonly shown?: readonly string[];
  readonly codes: readonly FailureCode[];
  readonly phases: readonly PhaseName[];
}

const CONNECTED: Expected = { connected: true, codes: [], phases: [] };

/** What of the plan is good to know, and not needed. */
const optional = [
  'virtualNetworks.usages',
  'networkSecurityGroups.get',
  'routeTables.get',
  'permissions.list',
  'locks.list',
];

/** What proves little where it finds nothing, so no run waits for the answer. */
const unwaited = ['policyRestrictions.check', 'subscriptions.get', 'providers.get'];

export function expected(cell: Cell): Expected {
  // The note of the verification is for later readers: without it the run is what it is.
  if (cell.site.step === 'verifyTargets') {
    // The note is tried once, at the end of the run: the faults that are left meet the reads of GET.
    const isRead = cell.site.call === 'privateEndpoints.get' && cell.times !== 1;
    return isRead ? { ...CONNECTED, shown: ['unknown', 'orphaned'] } : CONNECTED;
  }
  if (unwaited.includes(cell.site.call)) return CONNECTED;
  if (cell.kind === 'permission denied') return afterDenial(cell);
  if (cell.kind === 'not found (yet)' && cell.site.service !== 'zilliz') return afterNotFound(cell);
  return afterTrouble(cell);
}

/** What time may cure: waited out, until it has taken too long. */
function afterTrouble({ site, kind, times }: Cell): Expected {
  // The vault responds first with 401 and its challenge; a page with that status is a firewall's.
  if (site.service === 'keyVault' && kind === 'garbage') return stopped(site, ['intercepted']);
  const isDone = site.write && ['answer lost', 'garbage', 'truncated JSON'].includes(kind);
  // What was written in spite of it is seen at the next try. Nothing can see a whitelist entry.
  if (times !== 'always' || (isDone && site.call !== 'zilliz.addWhitelistEntry')) return CONNECTED;
  return stopped(site, [patienceCode(site, kind)]);
}

function patienceCode({ service }: Site, kind: FaultKind): FailureCode {
  const isThrottled = kind === '429' || kind === '429 with Retry-After';
  switch (service) {
    case 'azure':
      return isThrottled ? 'azure-throttled' : 'azure-unavailable';
    case 'zilliz':
      return isThrottled ? 'zilliz-throttled' : 'zilliz-unavailable';
    case 'keyVault':
      return 'key-vault-unavailable';
    case 'identity':
      return 'identity-unavailable';
  }
}

const denials: Readonly<Record<Site['service'], FailureCode>> = {
  azure: 'azure-permission-denied',
  zilliz: 'zilliz-permission-denied',
  keyVault: 'key-vault-denied',
  identity: 'azure-credential',
};

function afterDenial({ site, times }: Cell): Expected {
  // A record that is refused once does not hold up the others, and a run that renews itself writes it after all.
  if (siteKey(site) === 'ensureRecords recordSets.put' && times === 1) return { ...CONNECTED, partial: true };
  // Without the list of a subscription's zones, the zone of the wanted name is read.
  if (optional.includes(site.call) || site.call === 'privateDnsZones.list') return CONNECTED;
  const end = stopped(site, [denials[site.service]]);
  // The default key comes after the project's own, and a read of the vault is two calls.
  return site.service === 'keyVault' && times !== 'always' ? { ...end, connected: true } : end;
}

/** Where ARM keeps saying that something is not there, the run says so in its own words. */
const absences: Readonly<Record<string, FailureCode>> = {
  'readEndpointService privateLinkServices.checkVisibility': 'azure-unavailable',
  'preflight virtualNetworks.get': 'virtual-network-not-found',
  'preflight subnets.get': 'subnet-not-found',
  'preflight resourceGroups.get': 'resource-group-not-found',
  'readPrivateEndpoint networkInterfaces.get': 'endpoint-without-address',
  'ensureLink virtualNetworkLinks.list': 'link-slow',
  'readLink virtualNetworkLinks.list': 'link-slow',
};

function afterNotFound({ site, times }: Cell): Expected {
  // The zone is found again by the list of its subscription.
  if (optional.includes(site.call) || site.call === 'privateDnsZones.get') return CONNECTED;
  if (site.service === 'keyVault') {
    const end = stopped(site, ['api-key-missing']);
    return times === 'always' ? end : { ...end, connected: true };
  }
  if (site.write) return times === 'always' ? stopped(site, ['azure-busy']) : CONNECTED;
  const code = absences[siteKey(site)] ?? 'endpoint-changed';
  if (times === 'always' || code.endsWith('-not-found')) return stopped(site, [code]);
  return CONNECTED;
}

/** The same call is made in more than one phase. */
const sharedPhases: Readonly<Record<string, readonly PhaseName[]>> = {
  'ensureRecords privateEndpoints.get': ['configure-dns', 'await-allocation'],
  'ensureRecords zilliz.listEndpointServices': ['configure-dns', 'await-allocation'],
  'ensureRecords zilliz.listPrivateEndpoints': ['configure-dns', 'await-allocation'],
  'ensureZone privateEndpoints.get': ['configure-dns', 'await-allocation'],
  'ensureZone zilliz.listEndpointServices': ['configure-dns', 'await-allocation'],
  'ensureZone zilliz.listPrivateEndpoints': ['configure-dns', 'await-allocation'],
  'enterZone zilliz.listEndpointServices': ['configure-dns', 'await-allocation'],
  'preflight privateEndpoints.get': ['preflight', 'create-endpoint'],
};

function stopped(site: Site, codes: readonly FailureCode[]): Expected {
  return { connected: false, codes, phases: sharedPhases[siteKey(site)] ?? [site.phase] };
}
