import type { Handlers } from '../routes.ts';

/** Examples of a route: its bodies by name, and one response by status. A test sends and compares them. */
interface RouteExamples {
  readonly request?: Readonly<Record<string, { readonly summary: string; readonly value: object }>>;
  readonly responses?: Readonly<Record<number, object>>;
}

const subscription = '/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b';
const network = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Network`;
const request = {
  projectId: 'proj-8f3a6c1d2e4b5a7f9c0d1e',
  regionId: 'az-eastus',
  subnetId: `${network}/virtualNetworks/vnet-app/subnets/snet-private-endpoints`,
};
const requests = {
  smallest: { summary: 'All clusters of the project and region, DNS as the guide says', value: request },
  chosenClusters: {
    summary: 'One cluster, a zone of its own that hides no other name',
    value: {
      ...{ ...request, privateEndpoint: { name: 'pe-zilliz-catalogue' }, tags: { team: 'search' } },
      ...{ clusters: ['in01-3e5a7c9b1d2f4a6'], dns: { layout: 'per-cluster' }, onFailure: 'undo' },
    },
  },
};

const id = 'az-eastus-2da3e68a45a5';
const connection = `https://func-zilliz-prod.azurewebsites.net/api/connections/${id}`;
const links = { connection, run: `${connection}/run`, page: connection };
const followed = { run: 'started', location: links.run, links };
const accepted = {
  ...{ id, status: 'running', privateEndpointId: `${network}/privateEndpoints/pe-zilliz-az-eastus-d4c6b8a1` },
  ...{ ...followed, expectedSeconds: 483 },
};
const run = {
  ...{ id, workflow: 'connect', outcome: 'succeeded', status: 'connected', final: true },
  ...{ asOf: '2026-12-01T09:08:21.000Z', source: 'live', exitCode: 0, percent: 100, expectedSeconds: 0 },
  ...{ startedBy: 'function-key:1f2e3d4c', createdAt: '2026-12-01T09:00:12.000Z' },
  ...{ updatedAt: '2026-12-01T09:08:20.000Z', phases: [], problem: null, links },
};

export const examples: Partial<Readonly<Record<keyof Handlers, RouteExamples>>> = {
  startConnection: { request: requests, responses: { 202: accepted } },
  planConnection: { request: requests },
  reconcileConnection: {
    request: {
      repair: { summary: 'Repair what is ours, and verify', value: {} },
      replace: {
        summary: 'Also delete and create again a private endpoint whose connection Zilliz removed',
        value: { allowReplace: true },
      },
    },
    responses: { 202: accepted },
  },
  getRun: {
    responses: {
      202: {
        ...{ ...run, outcome: null, status: 'running', final: false, exitCode: 4, percent: 40 },
        ...{ expectedSeconds: 290 },
      },
      200: run,
    },
  },
  deleteConnection: {
    responses: {
      200: { id, status: 'disconnected', links },
      202: { id, status: 'disconnecting', ...followed, expectedSeconds: 166 },
    },
  },
};
