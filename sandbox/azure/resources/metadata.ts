import type { ArmOperation } from '../protocol/armOperation.ts';

/** What a client reads about this cloud before it signs in. API versions up to 2018 know one cloud, later ones a list. */
export function metadataOperations(loginEndpoint: string): readonly ArmOperation[] {
  return [
    {
      name: 'metadata.endpoints',
      method: 'GET',
      path: '/metadata/endpoints',
      handle(call) {
        const authentication = {
          loginEndpoint,
          audiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
        };
        const [gallery, graph, portal] = [
          'https://gallery.azure.com/',
          'https://graph.windows.net/',
          'https://portal.azure.com/',
        ];
        if (call.apiVersion < '2019') {
          const body = {
            galleryEndpoint: gallery,
            graphEndpoint: graph,
            portalEndpoint: portal,
            authentication,
          };
          return { status: 200, body };
        }
        const cloud = {
          name: 'Sandbox',
          resourceManager: `${call.origin}/`,
          portal,
          gallery,
          graph,
          graphAudience: graph,
          authentication: { ...authentication, tenant: 'common', identityProvider: 'AAD' },
          suffixes: { keyVaultDns: 'vault.azure.net', storage: 'core.windows.net' },
        };
        return { status: 200, body: call.apiVersion < '2022' ? [cloud] : cloud };
      },
    },
  ];
}
