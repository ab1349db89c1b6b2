import { SANDBOX_TENANT_ID } from '../azure/control/accounts.ts';
import { OWNER_PRINCIPAL_ID } from '../azure/state/schema.ts';
import { writeAccessToken } from '../identity/accessToken.ts';
import { OWNER_CLIENT_ID } from '../identity/identity.ts';
import { sample } from '../sampleWorld.ts';
import type { Sandbox } from '../sandbox.ts';
import { regionalAlias } from '../zilliz/seed.ts';

const NETWORK = '2024-05-01';
const PRIVATE_DNS = '2024-06-01';
/** The person who owns the subscriptions: what is done by hand needs no role of the app. */
const OWNER_TOKEN = writeAccessToken({
  aud: 'https://management.azure.com',
  exp: Number.MAX_SAFE_INTEGER,
  oid: OWNER_PRINCIPAL_ID,
  tid: SANDBOX_TENANT_ID,
  appid: OWNER_CLIENT_ID,
});
const zoneId = `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/${sample.regionId}.vectordb.zillizcloud.com`;

/** A user at the consoles of Azure and Zilliz Cloud, who follows the guide or breaks what others created. */
export class ByHand {
  readonly #sandbox: Sandbox;
  readonly #wait: (minutes: number) => Promise<void>;

  /** `wait` lets sandbox time pass, and with it what Azure and Zilliz do by themselves. */
  constructor(sandbox: Sandbox, wait: (minutes: number) => Promise<void>) {
    this.#sandbox = sandbox;
    this.#wait = wait;
  }

  async putEndpoint(
    id: string,
    tags: Readonly<Record<string, string>> = {},
    more: object & { readonly connectionName?: string } = {},
  ): Promise<void> {
    const { connectionName: name = id.split('/').at(-1), ...others } = more;
    const connection = {
      privateLinkServiceId: regionalAlias(sample.regionId),
      groupIds: [],
      requestMessage: 'by hand',
    };
    await this.#arm('PUT', id, NETWORK, {
      location: 'eastus',
      tags,
      properties: {
        subnet: { id: sample.subnetId },
        manualPrivateLinkServiceConnections: [{ name, properties: connection }],
        ...others,
      },
    });
    await this.#wait(3);
  }

  async changeLink(id: string, properties: object): Promise<void> {
    await this.#arm('PATCH', id, PRIVATE_DNS, { properties });
    await this.#wait(3);
  }

  /** As Zilliz wants it. */
  endpointId(id: string): string {
    const { name, resourceGuid } = this.#endpoint(id);
    return `${name}.${resourceGuid}`;
  }

  addressOf(id: string): string {
    return this.#endpoint(id).address;
  }

  async register(endpointId: string): Promise<void> {
    await this.#zilliz('privateEndpoints', { regionId: sample.regionId, endpointId });
    await this.#wait(10);
  }

  async authorizeSubscription(): Promise<void> {
    const outerUserId = sample.subscriptionId;
    await this.#zilliz('privateEndpointWhitelist', { regionId: sample.regionId, outerUserId });
    await this.#wait(3);
  }

  /** The whole guide for the sample's project, clusters and network; returns the private endpoint's resource ID. */
  async followTheGuide(name: string): Promise<string> {
    const id = `${sample.resourceGroupId}/providers/Microsoft.Network/privateEndpoints/${name}`;
    const { control } = this.#sandbox.azure;
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
    return id;
  }

  #endpoint(id: string) {
    const found = this.#sandbox.azure.control.snapshot().network.privateEndpoints[id.toLowerCase()];
    if (!found) throw new Error(`There is no private endpoint ${id}.`);
    return found;
  }

  async #arm(method: string, path: string, version: string, body: object): Promise<void> {
    await send(method, `${this.#sandbox.azure.baseUrl}${path}?api-version=${version}`, OWNER_TOKEN, body);
  }

  async #zilliz(path: string, body: object): Promise<void> {
    const url = `${this.#sandbox.zilliz.baseUrl}/v2/projects/${sample.projectId}/${path}`;
    await send('POST', url, sample.apiKey, body);
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
