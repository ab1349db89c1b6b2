import fc from 'fast-check';
import { authorizeConnection, parseConnectionRequest } from '../../../src/domain/connection/request.ts';

const subscription = '11111111-2222-3333-4444-555555555555';
const network = `/subscriptions/${subscription}/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet-app`;
const request = {
  projectId: 'proj-0123456789abcdef',
  regionId: 'az-eastus',
  subnetId: `${network}/subnets/snet-endpoints`,
};

function connectionOf(body: unknown) {
  const parsed = parseConnectionRequest(body);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

function pointersOf(body: unknown): readonly string[] {
  const parsed = parseConnectionRequest(body);
  return parsed.ok ? [] : parsed.faults.map(({ pointer }) => pointer);
}

test('fills in what the request leaves out', () => {
  const connection = connectionOf(request);

  expect(connection.id).toMatch(/^az-eastus-[0-9a-f]{12}$/);
  expect(connection.privateEndpoint.name).toMatch(/^pe-zilliz-az-eastus-[0-9a-f]{8}$/);
  expect(connection.privateEndpoint.resourceGroup).toBe('rg-app');
  expect(connection.linkedNetworks).toEqual([network]);
  expect(connection.spec).toMatchObject({
    clusters: 'all',
    exclusions: [],
    dns: { layout: 'regional', autoRegistration: true },
  });
});

test('takes the same request in another case for the same connection', () => {
  expect(connectionOf({ ...request, subnetId: request.subnetId.toUpperCase() }).id).toBe(
    connectionOf(request).id,
  );
});

test('reports all faults at once, each with its pointer', () => {
  const body = {
    projectId: '../../etc',
    regionId: 'eastus',
    subnetId: 'snet',
    privateEndpoint: { name: 'has.dot' },
    tags: { owner: 1 },
    clusters: ['in01-0123456789abcde', 'nonsense'],
    deadlineMinutes: 5,
    colour: 'blue',
  };

  expect(pointersOf(body).toSorted()).toEqual([
    '/clusters/1',
    '/colour',
    '/deadlineMinutes',
    '/privateEndpoint/name',
    '/projectId',
    '/regionId',
    '/subnetId',
    '/tags/owner',
  ]);
});

test('refuses auto registration with the per-cluster layout', () => {
  const parsed = parseConnectionRequest({
    ...request,
    dns: { layout: 'per-cluster', autoRegistration: true },
  });

  expect(parsed).toMatchObject({
    ok: false,
    faults: [{ code: 'auto-registration-not-possible', pointer: '/dns/autoRegistration' }],
  });
});

describe('auto registration that a request asks for and cannot have', () => {
  const [other] = [`${request.subnetId.split('/subnets/')[0] ?? ''}-other`];

  it.each([
    ['where another team owns the DNS', { manage: false }],
    ['where the network of the endpoint is not linked', { linkedNetworks: [other] }],
  ])('is refused %s, and is no fault as a default', (_, dns) => {
    const asked = parseConnectionRequest({ ...request, dns: { ...dns, autoRegistration: true } });

    expect(asked).toMatchObject({
      ok: false,
      faults: [{ code: 'auto-registration-not-possible', pointer: '/dns/autoRegistration' }],
    });
    expect(parseConnectionRequest({ ...request, dns })).toMatchObject({ ok: true });
  });
});

describe('the resource group of the private endpoint', () => {
  const groupIn = (subscription: string) => ({
    ...request,
    privateEndpoint: { resourceGroup: `/subscriptions/${subscription}/resourceGroups/rg-endpoints` },
  });
  const own = request.subnetId.split('/')[2] ?? '';

  it('may be given by its resource ID, in the subscription of the network', () => {
    const byId = parseConnectionRequest(groupIn(own.toUpperCase()));
    const byName = parseConnectionRequest({ ...request, privateEndpoint: { resourceGroup: 'rg-endpoints' } });

    expect(byId).toEqual(byName);
  });

  it('of another subscription is refused with the reason', () => {
    const foreign = '0c6f2f4e-9999-4a5b-8c7d-9e0f1a2b3c4d';

    expect(parseConnectionRequest(groupIn(foreign))).toMatchObject({
      ok: false,
      faults: [
        {
          pointer: '/privateEndpoint/resourceGroup',
          code: 'subscription-differs',
          detail: `the group is in the subscription ${foreign}, and the network in ${own}`,
        },
      ],
    });
  });
});

test('refuses what does not fit into the tags of the endpoint', () => {
  const tags = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`tag${index}`, 'x']));

  expect(parseConnectionRequest({ ...request, tags, dns: { manage: false } })).toMatchObject({
    ok: false,
    faults: [{ code: 'spec-too-large' }],
  });
});

describe('tags', () => {
  const faultsOf = (tags: object, dns: object = {}) => {
    const parsed = parseConnectionRequest({ ...request, tags, dns });
    return parsed.ok ? [] : parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
  };
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x']));

  it.each([
    ['zpl-spec-0', 'of our marks'],
    ['Managed-By', 'of what we write for people'],
    ['microsoft.x', 'that Azure reserves'],
    ['AzureThing', 'that Azure reserves'],
    ['windowsX', 'that Azure reserves'],
    ['Cost Center', 'with a space, which zones refuse'],
    ['1st', 'with a digit at the beginning, which zones refuse'],
    ['owner(s)', 'with parentheses, which zones refuse'],
    ['größe', 'beyond ASCII, which zones refuse'],
    ['a/b', 'with a slash'],
  ])('refuse the name %s: one %s', (name) => {
    expect(faultsOf({ [name]: 'x' })).toEqual([`tags-refused /tags/${name.replace('/', '~1')}`]);
  });

  it('refuse a name twice, in another case', () => {
    expect(faultsOf({ CostCenter: '1', costcenter: '2' })).toEqual(['tags-refused /tags/costcenter']);
  });

  it('refuse more than a zone takes beside ours', () => {
    expect(faultsOf(many(13))).toEqual([]);
    expect(faultsOf(many(14))).toEqual(['tags-refused /tags']);
  });

  it('may be as those of an endpoint where the zones belong to others', () => {
    expect(faultsOf({ ...many(14), 'Cost Center': 'x' }, { manage: false })).toEqual([]);
  });

  it('refuse a value that is too long', () => {
    expect(faultsOf({ owner: 'x'.repeat(257) })).toEqual(['invalid-request /tags/owner']);
  });
});

test('never throws, for any body', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (body, text) => {
      parseConnectionRequest(body);
      expect(parseConnectionRequest({ ...request, subnetId: `${request.subnetId}${text}/` }).ok).toBe(
        /^[\p{L}\p{N}_.()-]*$/u.test(text),
      );
    }),
  );
});

test('keeps a deployment to its projects and scopes', () => {
  const connection = connectionOf(request);
  const scope = `/subscriptions/${subscription}/resourceGroups/rg-ap`;

  expect(authorizeConnection(connection, { projects: null, scopes: null })).toEqual([]);
  expect(authorizeConnection(connection, { projects: ['other'], scopes: [`${scope}p`] })).toMatchObject([
    { code: 'project-not-allowed' },
  ]);
  expect(
    authorizeConnection(connection, { projects: null, scopes: [scope] }).map(({ code }) => code),
  ).toContain('scope-not-allowed');
});
