import { readFileSync } from 'node:fs';
import { z } from 'zod';

const recordingSchema = z.strictObject({
  status: z.number(),
  body: z.strictObject({ code: z.number(), data: z.unknown().optional(), message: z.string().optional() }),
});

export type RecordedAnswer = z.infer<typeof recordingSchema>;

/** Responses of the real API by the vendor's test that sent the request (test/fixtures/zilliz/SOURCE.md). */
export const recordings: Readonly<Record<string, RecordedAnswer>> = z
  .record(z.string(), recordingSchema)
  .parse(JSON.parse(readFileSync(`${import.meta.dirname}/../fixtures/zilliz/responses.json`, 'utf8')));

export interface RecordedStep {
  readonly recording: string;
  readonly method?: string;
  /** `CLUSTER` is the placeholder for the cluster that the conversation has made. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Another than the good one. */
  readonly key?: string;
  /** What else was asked before, without being recorded. */
  readonly before?: { readonly method: string; readonly path: string; readonly body?: object };
  /** Seconds that go by before the call. */
  readonly after?: number;
}

export interface Conversation {
  readonly name: string;
  readonly projects: readonly {
    readonly projectId: string;
    readonly name: string;
    readonly plan: string;
    readonly createdAt: string;
  }[];
  readonly regionIds: readonly string[];
  readonly steps: readonly RecordedStep[];
}

const DEFAULT_PROJECT = {
  projectId: 'proj-89bf4a83cfe2c8a4f03482',
  name: 'Default Project',
  plan: 'Standard',
  createdAt: '2025-01-26T07:29:27Z',
};
const TEST_PROJECT = {
  projectId: 'proj-d4477e7af43bbeb44594d9',
  name: 'test-project',
  plan: 'Standard',
  createdAt: '2025-11-05T06:39:17Z',
};
/** Longer than any change to a cluster takes. */
const MINUTES = 600;

/** The life of one cluster, as the vendor's tests go through it. */
function clusterLife(test: string, creation: string, path: string, body: object): Conversation {
  const create = {
    method: 'POST',
    path,
    body: { projectId: DEFAULT_PROJECT.projectId, regionId: 'gcp-us-west1', ...body },
  };
  return {
    name: test,
    projects: [DEFAULT_PROJECT],
    regionIds: ['gcp-us-west1'],
    steps: [
      { recording: `${test}.json`, path: '/v2/projects' },
      { recording: `${test}/${creation}.json`, ...create },
      { recording: `${test}/duplicately_create_cluster.json`, ...create },
      { recording: `${test}/DescribeCluster.json`, path: '/v2/clusters/CLUSTER', after: MINUTES },
      ...(test === 'TestClient_Cluster' ? [scaling(test)] : []),
      { recording: `${test}/DeleteCluster.json`, method: 'DELETE', path: '/v2/clusters/CLUSTER/drop' },
    ],
  };
}

function scaling(test: string): RecordedStep {
  const before = { method: 'POST', path: '/v2/clusters/CLUSTER/modify', body: { cuSize: 2 } };
  return {
    recording: `${test}/scale_up_cluster.json`,
    path: '/v2/clusters/CLUSTER',
    before,
    after: MINUTES,
  };
}

const dedicated = {
  clusterName: 'a-standard-type-cluster',
  plan: 'Standard',
  cuType: 'Performance-optimized',
  cuSize: 1,
};
const starter = { clusterName: 'a-starter-type-cluster' };

/** Every recording, with the requests that the vendor's tests make. */
export const conversations: readonly Conversation[] = [
  clusterLife('TestClient_Cluster', 'CreateCluster', '/v2/clusters/createDedicated', dedicated),
  clusterLife('TestClient_FreeCluster', 'create_free_cluster', '/v2/clusters/createFree', starter),
  clusterLife(
    'TestClient_ServerlessCluster',
    'create_serverless_cluster',
    '/v2/clusters/createServerless',
    starter,
  ),
  {
    name: 'projects',
    projects: [TEST_PROJECT],
    regionIds: [],
    steps: [
      {
        recording: 'TestClient_CreateProject/CreateProject.json',
        method: 'POST',
        path: '/v2/projects',
        body: { projectName: 'test-project', plan: 'Standard' },
      },
      {
        recording: 'TestClient_GetProjectById/GetProjectById.json',
        path: `/v2/projects/${TEST_PROJECT.projectId}`,
      },
      {
        recording: 'TestClient_UpgradeProjectPlan/UpgradeProjectPlan.json',
        method: 'PATCH',
        path: `/v2/projects/${TEST_PROJECT.projectId}/plan`,
        body: { plan: 'Enterprise' },
      },
      {
        recording: 'TestClient_UpgradeProjectPlan_failed/UpgradeProjectPlan_failed.json',
        method: 'PATCH',
        path: `/v2/projects/${TEST_PROJECT.projectId}/plan`,
        body: { plan: 'Standard' },
      },
    ],
  },
  {
    name: 'list of projects',
    projects: projectsOf('TestClient_ListProject/ListProjects.json'),
    regionIds: [],
    steps: [
      { recording: 'TestClient_ListProject/ListProjects.json', path: '/v2/projects' },
      {
        recording: 'TestClient_ListProject/get_project_list_with_wrong_api_key.json',
        path: '/v2/projects',
        key: 'gibberish_api_key',
      },
    ],
  },
  {
    name: 'clouds and regions',
    projects: [],
    regionIds: ['aws', 'azure', 'gcp'].flatMap((cloud) =>
      regionsOf(`TestClient_ListCloudRegions/ListCloudRegions_via_${cloud}.json`),
    ),
    steps: [
      { recording: 'TestClient_ListCloudProviders/ListCloudProviders.json', path: '/v2/clouds' },
      ...['aws', 'azure', 'gcp'].map((cloud) => ({
        recording: `TestClient_ListCloudRegions/ListCloudRegions_via_${cloud}.json`,
        path: `/v2/regions?cloudId=${cloud}`,
      })),
    ],
  },
];

function projectsOf(recording: string): Conversation['projects'] {
  const schema = z.array(
    z.object({ projectId: z.string(), projectName: z.string(), plan: z.string(), createTime: z.string() }),
  );
  return schema
    .parse(recordings[recording]?.body.data)
    .map(({ projectId, projectName: name, plan, createTime: createdAt }) => ({
      projectId,
      name,
      plan,
      createdAt,
    }));
}

function regionsOf(recording: string): readonly string[] {
  const schema = z.array(z.object({ regionId: z.string() }));
  return schema.parse(recordings[recording]?.body.data).map(({ regionId }) => regionId);
}
