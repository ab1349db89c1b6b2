import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';
import { clusterId, newCluster, newOnDemandCluster } from '../inputs.ts';

const action = actionsOf('zilliz', ({ zilliz }) => zilliz.control);

/** What happens to clusters. */
export const clusterActions: readonly Action[] = [
  action('addCluster', 'adds a cluster that runs already', newCluster, (zilliz, cluster) => ({
    clusterId: zilliz.addCluster(cluster),
  })),
  action('createCluster', 'creates a cluster, which takes some minutes', newCluster, (zilliz, cluster) => ({
    clusterId: zilliz.createClusterSlowly(cluster),
  })),
  action('addOnDemandCluster', 'adds an on-demand cluster', newOnDemandCluster, (zilliz, cluster) => ({
    clusterId: zilliz.addOnDemandCluster(cluster),
  })),
  action(
    'deleteCluster',
    'deletes a cluster; `answer` says how it is described from then on',
    clusterId.extend({ answer: z.enum(['deleted', 'not-found']).exactOptional() }),
    (zilliz, { clusterId: id, ...options }) => zilliz.deleteCluster(id, options),
  ),
  action('restoreCluster', 'takes a cluster out of the recycle bin', clusterId, (zilliz, { clusterId: id }) =>
    zilliz.restoreCluster(id),
  ),
  action('suspendCluster', 'suspends a cluster at once', clusterId, (zilliz, { clusterId: id }) =>
    zilliz.suspend(id),
  ),
  action('resumeCluster', 'lets a suspended cluster run at once', clusterId, (zilliz, { clusterId: id }) =>
    zilliz.resume(id),
  ),
  action(
    'setClusterStatus',
    'gives a cluster any status, for some seconds or for good',
    clusterId.extend({ status: z.string().min(1), forSeconds: z.number().positive().exactOptional() }),
    (zilliz, { clusterId: id, status, forSeconds }) =>
      zilliz.setClusterStatus(id, status, forSeconds === undefined ? undefined : forSeconds * 1000),
  ),
  action(
    'setPublicAccess',
    'opens or closes the public address of a cluster',
    clusterId.extend({ access: z.enum(['open', 'disabled', 'allowlist']) }),
    (zilliz, { clusterId: id, access }) => zilliz.setPublicAccess(id, access),
  ),
  action(
    'hidePrivateLinkAddress',
    'leaves the private link address of a cluster out of responses, or shows it again',
    clusterId.extend({ hidden: z.boolean().default(true) }),
    (zilliz, { clusterId: id, hidden }) => zilliz.hidePrivateLinkAddress(id, hidden),
  ),
];
