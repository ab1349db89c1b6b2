import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Dns, Network, Ports, Zilliz } from '../ports.ts';

/**
 * The ports while the settings are wrong: every method fails. Active runs then wait, as for any transient failure, and end
 * with this one if the settings are not corrected; without activities to call they would hang.
 */
export function unconfiguredPorts(settingNames: readonly string[]): Ports {
  const refuse: Refuse = () =>
    Promise.reject(
      new ProvisioningError({
        kind: 'transient',
        code: 'settings-invalid',
        message: `settings of this deployment are missing or wrong: ${settingNames.join(', ')}`,
        source: 'app',
      }),
    );
  return {
    zilliz: refusingZilliz(refuse),
    network: refusingNetwork(refuse),
    dns: refusingDns(refuse),
    probe: { insideNetwork: false, resolve: refuse, connect: refuse },
    readiness: { check: refuse },
  };
}

type Refuse = () => Promise<never>;

function refusingZilliz(refuse: Refuse): Zilliz {
  return {
    project: refuse,
    regions: refuse,
    endpointService: refuse,
    addWhitelistEntry: refuse,
    privateEndpoints: refuse,
    registerPrivateEndpoint: refuse,
    deletePrivateEndpoint: refuse,
    clusters: refuse,
    cluster: refuse,
    onDemandClusters: refuse,
  };
}

function refusingNetwork(refuse: Refuse): Network {
  return {
    resourceGroup: refuse,
    virtualNetwork: refuse,
    subnet: refuse,
    blockedPorts: refuse,
    privateEndpoint: refuse,
    privateEndpointsByTag: refuse,
    privateEndpointsIn: refuse,
    createPrivateEndpoint: refuse,
    repeatPrivateEndpoint: refuse,
    deletePrivateEndpoint: refuse,
    privateIpAddress: refuse,
    isPrivateLinkServiceVisible: refuse,
    mergeTags: refuse,
    removeTags: refuse,
    permissions: refuse,
    subscriptions: refuse,
  };
}

function refusingDns(refuse: Refuse): Dns {
  return {
    zone: refuse,
    zones: refuse,
    createZone: refuse,
    deleteZone: refuse,
    links: refuse,
    link: refuse,
    createLink: refuse,
    changeLink: refuse,
    deleteLink: refuse,
    recordSets: refuse,
    record: refuse,
    putRecord: refuse,
    deleteRecord: refuse,
    putText: refuse,
    deleteText: refuse,
  };
}
