import type { PhaseName } from '../../../src/domain/run/phase.ts';

/** A call to the outside, and the step of connect that makes it. */
export interface Site {
  readonly phase: PhaseName;
  /** The activity's durable name. */
  readonly step: string;
  /** The simulators' name of the operation. */
  readonly call: string;
  readonly service: 'azure' | 'zilliz' | 'keyVault' | 'identity';
  readonly write: boolean;
}

const writes = [
  'zilliz.addWhitelistEntry',
  'zilliz.createPrivateEndpoint',
  'privateEndpoints.put',
  'privateDnsZones.put',
  'recordSets.put',
  'virtualNetworkLinks.put',
];

/** What is read as proof just before a write. */
const proof = ['privateEndpoints.get', 'zilliz.listEndpointServices', 'zilliz.listPrivateEndpoints'];

const calls: readonly (readonly [PhaseName, string, readonly string[]])[] = [
  [
    'preflight',
    'preflight',
    [
      'identity.getToken',
      'keyVault.getSecret',
      'zilliz.getProject',
      'zilliz.listRegions',
      'zilliz.listEndpointServices',
      'zilliz.listPrivateEndpoints',
      'zilliz.listClusters',
      'virtualNetworks.get',
      'subnets.get',
      'virtualNetworks.usages',
      'networkSecurityGroups.get',
      'routeTables.get',
      'resourceGroups.get',
      'privateEndpoints.get',
      'privateDnsZones.list',
      'permissions.list',
      'locks.list',
      'policyRestrictions.check',
      'subscriptions.get',
      'providers.get',
    ],
  ],
  [
    'authorize-subscription',
    'readEndpointService',
    ['zilliz.listEndpointServices', 'privateLinkServices.checkVisibility'],
  ],
  ['authorize-subscription', 'authorizeSubscription', ['zilliz.addWhitelistEntry']],
  [
    'create-endpoint',
    'ensurePrivateEndpoint',
    ['privateEndpoints.get', 'zilliz.listEndpointServices', 'privateEndpoints.put'],
  ],
  ['create-endpoint', 'readPrivateEndpoint', ['privateEndpoints.get', 'networkInterfaces.get']],
  ['register-endpoint', 'registerEndpoint', [...proof, 'zilliz.createPrivateEndpoint']],
  [
    'await-allocation',
    'observeAllocation',
    ['privateEndpoints.get', 'zilliz.listPrivateEndpoints', 'zilliz.listClusters'],
  ],
  ['configure-dns', 'ensureZone', [...proof, 'privateDnsZones.put']],
  ['configure-dns', 'enterZone', ['zilliz.listEndpointServices', 'recordSets.put']],
  ['configure-dns', 'ensureRecords', [...proof, 'recordSets.put']],
  ['configure-dns', 'ensureLink', [...proof, 'virtualNetworkLinks.put']],
  ['configure-dns', 'readLink', ['virtualNetworkLinks.list']],
  ['verify', 'verifyTargets', ['privateEndpoints.get', 'tags.patch']],
];

/** Every external call of connect to an empty world, by the step that makes it. */
export const sites: readonly Site[] = calls.flatMap(([phase, step, names]) =>
  names.map((call): Site => ({ phase, step, call, service: serviceOf(call), write: writes.includes(call) })),
);

export function siteKey({ step, call }: Pick<Site, 'step' | 'call'>): string {
  return `${step} ${call}`;
}

function serviceOf(call: string): Site['service'] {
  const [first] = call.split('.');
  return first === 'zilliz' || first === 'keyVault' || first === 'identity' ? first : 'azure';
}
