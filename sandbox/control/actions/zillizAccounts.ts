import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';
import { endpointId, newKey, newProject, newRegion } from '../inputs.ts';

const action = actionsOf('zilliz', ({ zilliz }) => zilliz.control);
const word = z.string().min(1);

/** Registered endpoints, projects, keys, regions and limits. */
export const zillizActions: readonly Action[] = [
  action(
    'addEndpoint',
    'registers an endpoint of another network, ready at once: a project may have ten',
    endpointId.extend({ projectId: word, regionId: word }),
    (zilliz, endpoint) => zilliz.addEndpoint(endpoint),
  ),
  action('acceptEndpoint', 'accepts an endpoint now', endpointId, (zilliz, { endpointId: id }) =>
    zilliz.acceptEndpoint(id),
  ),
  action(
    'rejectEndpoint',
    'rejects an endpoint now; Azure’s connection becomes Rejected',
    endpointId.extend({ reason: word.exactOptional() }),
    (zilliz, { endpointId: id, reason }) => zilliz.rejectEndpoint(id, reason),
  ),
  action('failEndpoint', 'lets a registration fail', endpointId, (zilliz, { endpointId: id }) =>
    zilliz.failEndpoint(id),
  ),
  action(
    'forgetEndpoint',
    'removes a registration; `silently` without telling Azure',
    endpointId.extend({ silently: z.boolean().default(false) }),
    (zilliz, { endpointId: id, silently }) => zilliz.forgetEndpoint(id, { silently }),
  ),
  action(
    'setEndpointStatus',
    'shows any status word for an endpoint; null shows the true one again',
    endpointId.extend({ word: word.nullable() }),
    (zilliz, { endpointId: id, word: shown }) => zilliz.setEndpointStatus(id, shown ?? undefined),
  ),
  action(
    'reviewEndpoints',
    'decides what becomes of endpoints that are registered from now on',
    z.strictObject({ review: z.enum(['accept', 'reject', 'fail', 'ignore']) }),
    (zilliz, { review }) => zilliz.reviewEndpoints(review),
  ),
  action(
    'setStatusWords',
    'changes the words for pending and ready endpoints',
    z.strictObject({ pending: word.exactOptional(), ready: word.exactOptional() }),
    (zilliz, words) => zilliz.setStatusWords(words),
  ),
  action('addProject', 'adds a project', newProject, (zilliz, project) => ({
    projectId: zilliz.addProject(project),
  })),
  action(
    'setPlan',
    'gives a project another plan',
    z.strictObject({ projectId: word, plan: word }),
    (zilliz, { projectId, plan }) => zilliz.setPlan(projectId, plan),
  ),
  action('addKey', 'adds an API key; name it, since a made-up one is not shown', newKey, (zilliz, key) => {
    zilliz.addKey(key);
  }),
  action('revokeKey', 'revokes an API key', z.strictObject({ key: word }), (zilliz, { key }) =>
    zilliz.revokeKey(key),
  ),
  action('addRegion', 'adds a region or changes it', newRegion, (zilliz, region) => zilliz.addRegion(region)),
  action('removeRegion', 'removes a region', z.strictObject({ regionId: word }), (zilliz, { regionId }) =>
    zilliz.removeRegion(regionId),
  ),
  action(
    'setRateLimit',
    'changes the rate limit; null switches it off',
    z.strictObject({
      limit: z
        .strictObject({
          perSecond: z.number().positive().exactOptional(),
          answer: z.enum(['http-429', 'http-200']).exactOptional(),
          retryAfterSeconds: z.number().nonnegative().nullable().exactOptional(),
        })
        .nullable(),
    }),
    (zilliz, { limit }) => zilliz.setRateLimit(limit),
  ),
];
