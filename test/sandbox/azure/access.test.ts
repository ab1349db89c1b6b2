import { APP_PRINCIPAL_ID } from '../../../sandbox/azure/state/schema.ts';
import {
  endpointBody,
  endpointPath,
  GROUP,
  MINUTE_MS,
  NETWORK,
  startTestBed,
  SUBNET,
  SUBSCRIPTION,
  ZONE,
} from './support.ts';
import type { AzureTestBed } from './support.ts';

const ENDPOINT = endpointPath('pe-zilliz');
const LINK = `${ZONE}/virtualNetworkLinks/link-app`;
const SUBSCRIPTION_ID = `/subscriptions/${SUBSCRIPTION}`;

let bed: AzureTestBed;
beforeEach(async () => {
  bed = await startTestBed();
});
afterEach(() => bed.stop());

const get = (path: string, headers = {}) => bed.arm('GET', path, undefined, headers);
const put = (path = ENDPOINT, body: unknown = endpointBody()) => bed.arm('PUT', path, body);
const putLink = () => put(LINK, { location: 'global', properties: { virtualNetwork: { id: NETWORK } } });

/** A token of JWT form, as the identity simulator issues them; the signature is not checked. */
const tokenOf = (claims: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.signature`;
};

describe('what Azure asks of every request', () => {
  it('is a bearer token', async () => {
    const answer = await get(GROUP, { authorization: 'Basic xyz' });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  it('is an API version, any of the right form', async () => {
    expect((await get(`${GROUP}?api-version=`)).at('error.code')).toBe('MissingApiVersionParameter');
    expect((await get(`${GROUP}?api-version=latest`)).at('error.code')).toBe('InvalidApiVersionParameter');
    expect((await get(`${GROUP}?api-version=2099-01-01-preview`)).status).toBe(200);
    expect((await get(`${GROUP}?api%2Dversion=2024-06-01`)).status).toBe(200);
  });

  it('is a path that exists', async () => {
    expect((await get('/nothing/here')).status).toBe(404);
    expect((await bed.arm('POST', ENDPOINT)).status).toBe(405);
  });

  it('is answered with request IDs, the correlation ID being the caller’s', async () => {
    const { headers } = await get(GROUP, { 'x-ms-correlation-request-id': 'mine' });
    expect(headers['x-ms-correlation-request-id']).toBe('mine');
    expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('roles at Azure', () => {
  it('with rights in one group alone, a list of the subscription is answered without the others, and says nothing', async () => {
    const { control } = bed.azure;
    const hidden = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-hidden`;
    const nameInHidden = ZONE.split('/').at(-1) ?? '';
    control.addResourceGroup({ id: hidden });
    control.addZone({ id: `${hidden}/providers/Microsoft.Network/privateDnsZones/${nameInHidden}` });
    control.addZone({ id: ZONE });
    await put();
    control.removeRoles();
    control.assignRole({ scope: GROUP, actions: ['Microsoft.Network/*/read'] });

    const zones = await get(`${SUBSCRIPTION_ID}/providers/Microsoft.Network/privateDnsZones`);
    const endpoints = await get(`${SUBSCRIPTION_ID}/providers/Microsoft.Network/privateEndpoints`);

    expect(zones).toMatchObject({ status: 200, body: { value: [{ id: ZONE }] } });
    expect(endpoints).toMatchObject({ status: 200, body: { value: [{ name: 'pe-zilliz' }] } });
    control.removeRoles();
    expect((await get(`${SUBSCRIPTION_ID}/providers/Microsoft.Network/privateEndpoints`)).status).toBe(403);
  });

  it('are missing by name of action and scope', async () => {
    bed.azure.control.removeRoles();
    bed.azure.control.assignRole({ scope: GROUP, actions: ['*/read'] });
    const answer = await put();
    expect(answer.status).toBe(403);
    expect(answer.headers['x-ms-failure-cause']).toBe('gateway');
    expect(answer.body).toEqual({
      error: {
        code: 'AuthorizationFailed',
        message: `The client '${APP_PRINCIPAL_ID}' with object id '${APP_PRINCIPAL_ID}' does not have authorization to perform action 'Microsoft.Network/privateEndpoints/write' over scope '${ENDPOINT}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      },
    });
    expect((await get(ENDPOINT)).status).toBe(404);
  });

  it('are missing on the other resource that a write joins', async () => {
    bed.azure.control.removeRoles();
    bed.azure.control.assignRole({ scope: GROUP, actions: ['*/read', '*/write'] });
    const answer = await put();
    expect(answer.status).toBe(403);
    expect(answer.at('error.code')).toBe('LinkedAuthorizationFailed');
    expect(answer.textAt('error.message')).toContain(
      `does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${SUBNET}'`,
    );
    bed.azure.control.addZone({ id: ZONE });
    expect((await putLink()).at('error.code')).toBe('LinkedAuthorizationFailed');
  });

  it('take minutes to act', async () => {
    bed.azure.control.removeRoles();
    bed.azure.control.assignRole({ scope: GROUP, actions: ['*'], inMilliseconds: 5 * MINUTE_MS });
    expect((await get(`${GROUP}/providers/Microsoft.Authorization/permissions`)).at('error.code')).toBe(
      'AuthorizationFailed',
    );
    expect((await get(ENDPOINT)).status).toBe(403);
    bed.pass(4 * MINUTE_MS);
    expect((await get(ENDPOINT)).status).toBe(403);
    bed.pass(MINUTE_MS);
    expect((await get(ENDPOINT)).status).toBe(404);
  });

  it('hold for the scope and below it, without regard to case, and not above', async () => {
    bed.azure.control.removeRoles();
    bed.azure.control.assignRole({
      scope: GROUP.toUpperCase(),
      actions: ['microsoft.network/*'],
      notActions: ['Microsoft.Network/privateDnsZones/*'],
    });
    expect((await get(ENDPOINT)).status).toBe(404);
    expect((await get(ZONE)).status).toBe(403);
    expect((await get(`${SUBSCRIPTION_ID}/resourceGroups/rg-other`)).status).toBe(403);
  });

  it('at a part of a subscription open its lists, which leave out what may not be read', async () => {
    const list = (type: string) => get(`${SUBSCRIPTION_ID}/providers/Microsoft.Network/${type}`);
    bed.azure.control.removeRoles();
    expect((await list('privateEndpoints')).status).toBe(403);
    bed.azure.control.assignRole({ scope: GROUP, actions: ['Microsoft.Network/privateEndpoints/read'] });
    const answer = await list('privateEndpoints');
    expect(answer.status).toBe(200);
    expect(answer.at('value')).toEqual([]);
    expect((await list('privateDnsZones')).status).toBe(403);
  });

  it('can be read at each scope before anything is there', async () => {
    bed.azure.control.removeRoles();
    bed.azure.control.assignRole({ scope: SUBSCRIPTION_ID, actions: ['*/read'] });
    bed.azure.control.assignRole({ scope: GROUP, actions: ['Microsoft.Network/privateEndpoints/*'] });
    const at = async (scope: string) =>
      (await get(`${scope}/providers/Microsoft.Authorization/permissions`)).at('value');
    expect(await at(ENDPOINT)).toEqual([
      { actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] },
      {
        actions: ['Microsoft.Network/privateEndpoints/*'],
        notActions: [],
        dataActions: [],
        notDataActions: [],
      },
    ]);
    expect(await at(SUBSCRIPTION_ID)).toHaveLength(1);
  });

  it('belong to the principal that the token names', async () => {
    const reader = { oid: '77777777-7777-4777-8777-777777777777', appid: 'reader' };
    bed.azure.control.assignRole({ principalId: reader.oid, scope: GROUP, actions: ['*/read'] });
    const headers = { authorization: `Bearer ${tokenOf(reader)}` };
    expect((await get(GROUP, headers)).status).toBe(200);
    const answer = await bed.arm('PUT', ENDPOINT, endpointBody(), headers);
    expect(answer.textAt('error.message')).toContain(`The client 'reader' with object id '${reader.oid}'`);
  });
});

describe('a deny assignment at Azure', () => {
  const permissions = `${GROUP}/providers/Microsoft.Authorization/permissions`;

  it('outweighs every role, and is named by the refusal', async () => {
    const actions = ['Microsoft.Network/privateEndpoints/write'];
    bed.azure.control.deny({ name: 'stack-1', scope: GROUP, actions });
    const answer = await put();
    expect(answer.status).toBe(403);
    expect(answer.at('error.code')).toBe('DenyAssignmentAuthorizationFailed');
    expect(answer.textAt('error.message')).toMatch(
      `has permission to perform action '${actions[0] ?? ''}' on scope '${ENDPOINT}'; however, the access is denied because of the deny assignment with name 'stack-1' and Id '`,
    );
    bed.azure.control.allow();
    expect((await put()).status).toBe(201);
  });

  it('outweighs them on the other resource that a write joins', async () => {
    bed.azure.control.deny({ scope: SUBNET, actions: ['*/join/action'] });
    const answer = await put();
    expect(answer.at('error.code')).toBe('LinkedAuthorizationFailed');
    expect(answer.textAt('error.message')).toContain(
      `is blocked by deny assignments on the '1' linked scope(s) '${SUBNET}'`,
    );
  });

  it('does not show in the permissions API', async () => {
    const before = (await get(permissions)).body;
    bed.azure.control.deny({ scope: GROUP, actions: ['Microsoft.Network/*'] });
    expect((await get(permissions)).body).toEqual(before);
  });
});

describe('what else Azure lets stand in the way', () => {
  it('is a lock, at the resource or above it', async () => {
    bed.azure.control.lock({ scope: GROUP, name: 'keep', level: 'CanNotDelete' });
    expect((await put()).status).toBe(201);
    expect(await bed.arm('DELETE', ENDPOINT)).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'ScopeLocked',
          message: `The scope '${ENDPOINT}' cannot perform delete operation because following scope(s) are locked: '${GROUP}'. Please remove the lock and try again.`,
        },
      },
    });
    bed.azure.control.lock({ scope: GROUP, name: 'freeze', level: 'ReadOnly' });
    expect((await put()).at('error.code')).toBe('ScopeLocked');
    bed.azure.control.unlock(GROUP, 'freeze');
    bed.azure.control.unlock(GROUP, 'keep');
    expect((await bed.arm('DELETE', ENDPOINT)).status).toBe(202);
  });

  it('is a lock below it, when a group is deleted', async () => {
    await put();
    const path = `${ENDPOINT}/providers/Microsoft.Authorization/locks/keep`;
    expect((await put(path, { properties: { level: 'CanNotDelete' } })).status).toBe(201);
    expect((await get(`${GROUP}/providers/Microsoft.Authorization/locks`)).at('value')).toHaveLength(1);
    expect((await bed.arm('DELETE', GROUP)).at('error.code')).toBe('ScopeLocked');
    expect((await bed.arm('DELETE', path)).status).toBe(200);
    expect((await bed.arm('DELETE', path)).status).toBe(204);
    expect((await get(path)).at('error.code')).toBe('LockNotFound');
    expect((await bed.arm('DELETE', GROUP)).status).toBe(202);
  });

  it('shows in the locks of what lies below it, and above', async () => {
    bed.azure.control.lock({ scope: SUBSCRIPTION_ID, name: 'all', level: 'ReadOnly' });
    bed.azure.control.lock({ scope: NETWORK, name: 'net', level: 'CanNotDelete' });
    const { body } = await get(`${GROUP}/providers/Microsoft.Authorization/locks`);
    expect(body).toMatchObject({
      value: [
        { id: `${SUBSCRIPTION_ID}/providers/Microsoft.Authorization/locks/all` },
        {
          id: `${NETWORK}/providers/Microsoft.Authorization/locks/net`,
          properties: { level: 'CanNotDelete' },
        },
      ],
    });
  });

  it('is a policy, and the error contains its name', async () => {
    const resourceType = 'Microsoft.Network/privateEndpoints';
    bed.azure.control.addPolicy({ name: 'need-owner', scope: GROUP, resourceType, unlessTag: 'owner' });
    const answer = await put();
    expect(answer.status).toBe(403);
    expect(answer.at('error.code')).toBe('RequestDisallowedByPolicy');
    expect(answer.at('error.additionalInfo.0.info.policyDefinitionDisplayName')).toBe('need-owner');
    expect((await put(ENDPOINT, endpointBody({ tags: { Owner: 'me' } }))).status).toBe(201);
    bed.azure.control.removePolicy('need-owner');
    expect((await put(endpointPath('other'))).status).toBe(201);
  });

  it('is a policy that a question shows, unless it is assigned to a management group', async () => {
    const resourceType = 'Microsoft.Network/privateEndpoints';
    const ask = (scope = GROUP) =>
      bed.arm('POST', `${scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions`, {
        resourceDetails: { resourceContent: { type: resourceType, name: 'x', tags: { Owner: 'me' } } },
      });
    const evaluations = 'contentEvaluationResult.policyEvaluations';
    bed.azure.control.addPolicy({ name: 'need-owner', scope: GROUP, resourceType, unlessTag: 'owner' });
    bed.azure.control.addPolicy({ name: 'none', scope: GROUP, resourceType });
    bed.azure.control.addPolicy({
      ...{ name: 'corp', resourceType },
      scope: '/providers/Microsoft.Management/managementGroups/corp',
    });
    expect((await ask()).at(evaluations)).toMatchObject([
      {
        policyInfo: {
          policyAssignmentId: `${GROUP}/providers/Microsoft.Authorization/policyAssignments/none`,
        },
        evaluationResult: 'NonCompliant',
        effectDetails: { policyEffect: 'Deny' },
      },
    ]);
    expect((await ask(SUBSCRIPTION_ID)).at(evaluations)).toEqual([]);
    bed.azure.control.removePolicy('none');
    expect((await put(ENDPOINT, endpointBody({ tags: { Owner: 'me' } }))).at('error.code')).toBe(
      'RequestDisallowedByPolicy',
    );
    bed.azure.control.setRegistration(SUBSCRIPTION, 'Microsoft.PolicyInsights', false);
    expect((await ask()).at('error.code')).toBe('MissingSubscriptionRegistration');
  });

  it('is a disabled subscription, which can still be read, and what is in it deleted', async () => {
    bed.azure.control.setSubscriptionState(SUBSCRIPTION, 'Disabled');
    expect(await put()).toMatchObject({
      status: 409,
      body: { error: { code: 'ReadOnlyDisabledSubscription' } },
    });
    expect((await get(GROUP)).status).toBe(200);
    expect((await bed.arm('DELETE', ENDPOINT)).status).toBe(204);
    bed.azure.control.setSubscriptionState(SUBSCRIPTION, 'PastDue');
    expect((await put()).status).toBe(201);
  });

  it('is a resource provider that the subscription is not registered for', async () => {
    bed.azure.control.setRegistration(SUBSCRIPTION, 'Microsoft.Network', false);
    expect(await put()).toMatchObject({
      status: 409,
      body: { error: { code: 'MissingSubscriptionRegistration' } },
    });
    bed.azure.control.setRegistration(SUBSCRIPTION, 'Microsoft.Network', true);
    expect((await put()).status).toBe(201);
  });
});

describe('throttling at Azure', () => {
  it('is announced by what is left', async () => {
    const read = await get(GROUP);
    expect(Number(read.headers['x-ms-ratelimit-remaining-subscription-global-reads'])).toBeGreaterThan(7000);
    const write = await put();
    expect(write.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('399');
    bed.azure.control.addZone({ id: ZONE });
    const zone = await get(ZONE);
    expect(zone.headers['x-ms-ratelimit-remaining-subscription-resource-requests']).toMatch(/^49[6-9]$/);
  });

  it.each([
    ['stays near 500, as recorded', undefined, 496, 499],
    ['falls with each read, where a test asks for it', 'falling', 450, 450],
  ] as const)('the figure of private DNS reads that are left %s', async (_, header, least, most) => {
    bed.azure.control.addZone({ id: ZONE });
    const budget = { size: 500, windowMs: 5 * MINUTE_MS, retryAfter: true };
    bed.azure.control.setBudget('privateDnsReads', { ...budget, ...(header && { header }) });
    for (let call = 0; call < 49; call += 1) await get(ZONE);

    const { headers } = await get(ZONE);

    const left = Number(headers['x-ms-ratelimit-remaining-subscription-resource-requests']);
    expect(left).toBeGreaterThanOrEqual(least);
    expect(left).toBeLessThanOrEqual(most);
  });

  it('lets 500 reads of private DNS through in five minutes', async () => {
    bed.azure.control.addZone({ id: ZONE });
    for (let call = 0; call < 500; call += 1) expect((await get(ZONE)).status).toBe(200);
    const refused = await get(ZONE);
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'TooManyRequests' } } });
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(300);
    bed.pass(5 * MINUTE_MS);
    expect((await get(ZONE)).status).toBe(200);
  });

  it('refills as time passes, and may keep for itself when to come back', async () => {
    bed.azure.control.setBudget('writes', { size: 1, perSecond: 0.5, retryAfter: false });
    expect((await put()).status).toBe(201);
    const refused = await put();
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { code: 'SubscriptionRequestsThrottled' } },
    });
    expect(refused.headers['retry-after']).toBeUndefined();
    bed.pass(2 * MINUTE_MS);
    expect((await put()).status).toBe(200);
  });
});

describe('faults that are ordered', () => {
  it('hit the call that they name', async () => {
    bed.faults.order({ call: 'privateEndpoints.put', fault: { kind: 'answerLost' } });
    await expect(put()).rejects.toThrow();
    expect((await get(ENDPOINT)).at('properties.provisioningState')).toBe('Updating');
    expect(bed.traffic.writes()).toMatchObject([{ operation: 'privateEndpoints.put', fault: 'answerLost' }]);
  });
});
