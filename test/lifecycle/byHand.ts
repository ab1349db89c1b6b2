import { sample } from '../../sandbox/sampleWorld.ts';
import { AZURE_REGION_IDS, regionalAlias } from '../../sandbox/zilliz/seed.ts';
import type { Rig } from '../support/rig.ts';
import { zoneId, zoneName } from './support.ts';

const NETWORK = '2024-05-01';
const PRIVATE_DNS = '2024-06-01';
const MINUTE = 60_000;

/** Somebody at the consoles of Azure and Zilliz Cloud, who follows the guide or breaks what others made. */
export class ByHand {
  readonly #rig: Rig;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Lets time pass, and with it what Azure and Zilliz do by themselves. */
  wait(minutes: number): void {
    this.#rig.clock.advanceTo(this.#rig.clock.now() + minutes * MINUTE);
  }

  async putEndpoint(id: string, tags: Readonly<Record<string, string>> = {}): Promise<void> {
    const name = id.split('/').at(-1);
    await this.#arm('PUT', id, NETWORK, {
      location: 'eastus',
      tags,
      properties: {
        subnet: { id: sample.subnetId },
        manualPrivateLinkServiceConnections: [
          {
            name,
            properties: {
              privateLinkServiceId: regionalAlias(AZURE_REGION_IDS[0]),
              groupIds: [],
              requestMessage: 'by hand',
            },
          },
        ],
      },
    });
    this.wait(3);
  }

  async changeLink(id: string, properties: object): Promise<void> {
    await this.#arm('PATCH', id, PRIVATE_DNS, { properties });
    this.wait(3);
  }

  /** The endpoint's ID at Zilliz. */
  endpointId(id: string): string {
    const found = this.#endpoint(id);
    return `${found.name}.${found.resourceGuid}`;
  }

  addressOf(id: string): string {
    return this.#endpoint(id).address;
  }

  async register(endpointId: string): Promise<void> {
    await this.#zilliz('POST', 'privateEndpoints', { regionId: sample.regionId, endpointId });
    this.wait(10);
  }

  async authorizeSubscription(): Promise<void> {
    const outerUserId = sample.subscriptionId;
    await this.#zilliz('POST', 'privateEndpointWhitelist', { regionId: sample.regionId, outerUserId });
    this.wait(3);
  }

  /** The whole guide for the sample's project, clusters and network, as a person does it; answers the endpoint's resource ID. */
  async followTheGuide(name = 'pe-by-hand'): Promise<string> {
    const id = `${sample.resourceGroupId}/providers/Microsoft.Network/privateEndpoints/${name}`;
    const { control } = this.#rig.sandbox.azure;
    await this.authorizeSubscription();
    await this.putEndpoint(id);
    await this.register(this.endpointId(id));
    control.addZone({ id: zoneId });
    control.addLink({
      id: `${zoneId}/virtualNetworkLinks/by-hand`,
      virtualNetworkId: sample.virtualNetworkId,
    });
    for (const clusterId of sample.clusterIds) {
      const addresses = [this.addressOf(id)];
      control.setRecord({ zoneId, name: `${clusterId}-privatelink`, addresses, ttl: 600 });
    }
    if (!zoneId.endsWith(zoneName)) throw new Error('The zone has the name of the region.');
    return id;
  }

  #endpoint(id: string) {
    const found = this.#rig.sandbox.azure.control.snapshot().network.privateEndpoints[id.toLowerCase()];
    if (!found) throw new Error(`There is no private endpoint ${id}.`);
    return found;
  }

  async #arm(method: string, path: string, version: string, body: object): Promise<void> {
    const { baseUrl } = this.#rig.sandbox.azure;
    await send(method, `${baseUrl}${path}?api-version=${version}`, 'by-hand', body);
  }

  async #zilliz(method: string, path: string, body: object): Promise<void> {
    const { baseUrl } = this.#rig.sandbox.zilliz;
    await send(method, `${baseUrl}/v2/projects/${sample.projectId}/${path}`, sample.apiKey, body);
  }
}

async function send(method: string, url: string, token: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  const answer = JSON.parse(text) as { code?: number };
  if (!response.ok || (answer.code !== undefined && answer.code !== 0)) {
    throw new Error(`${method} ${url} answered ${response.status} ${text}`);
  }
}
