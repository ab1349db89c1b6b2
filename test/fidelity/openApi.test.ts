import type { LiveValidator } from 'oav';
import type { Exchange } from '../../sandbox/kernel/traffic.ts';
import { compare, EXCUSES, isCounted } from './openApiComparison.ts';
import type { Verdict } from './openApiComparison.ts';
import { openDocuments } from './openApiDocuments.ts';
import { countExcuses, report } from './tally.ts';
import { wholeLife } from '../support/wholeLife.ts';

// All that the app says to the simulators of Azure and Key Vault, and they to it, held against Microsoft's documents.

let validator: LiveValidator;
let exchanges: readonly Exchange[];
let verdicts: readonly Verdict[] = [];

beforeAll(async () => {
  validator = await openDocuments();
  exchanges = (await wholeLife()).filter(({ service }) => service === 'azure' || service === 'keyVault');
  const found: Verdict[] = [];
  for (const exchange of exchanges) found.push(await compare(validator, exchange));
  verdicts = found;
}, 120_000);

afterAll(() => {
  const counted = verdicts.filter(isCounted);
  report({
    subject: 'documents',
    agree: counted.filter(({ issues }) => issues.length === 0).length,
    of: counted.length,
    excused: countExcuses(
      EXCUSES,
      verdicts.map(({ excuses }) => excuses),
    ),
  });
});

describe('the traffic of a whole life', () => {
  it('agrees with the documents', () => {
    const wrong = verdicts
      .filter(({ issues }) => issues.length > 0)
      .map(
        ({ exchange, issues }) => `${exchange.operation} ${exchange.response.status}: ${issues.join('; ')}`,
      );
    expect([...new Set(wrong)]).toEqual([]);
  });

  it.each([
    ['keyVault.getSecret', 200],
    ['keyVault.getSecret', 401],
    ['keyVault.getSecret', 404],
    ['networkInterfaces.get', 200],
    ['networkSecurityGroups.get', 200],
    ['privateDnsZones.delete', 202],
    ['privateDnsZones.get', 404],
    ['privateDnsZones.list', 200],
    ['privateDnsZones.put', 202],
    ['privateEndpoints.delete', 202],
    ['privateEndpoints.get', 200],
    ['privateEndpoints.get', 404],
    ['privateEndpoints.put', 201],
    ['privateLinkServices.checkVisibility', 200],
    ['recordSets.delete', 200],
    ['recordSets.get', 404],
    ['policyRestrictions.check', 200],
    ['recordSets.listAll', 200],
    ['recordSets.put', 201],
    ['subnets.get', 200],
    ['virtualNetworkLinks.delete', 202],
    ['virtualNetworkLinks.delete', 409],
    ['virtualNetworkLinks.put', 202],
    ['virtualNetworkLinks.put', 403],
    ['virtualNetworks.get', 200],
  ])('has %s answered %i in it', (operation, status) => {
    expect(
      exchanges.some((exchange) => exchange.operation === operation && exchange.response.status === status),
    ).toBe(true);
  });
});

describe('what is wrong is found', () => {
  it.each<[string, string, number, (exchange: Exchange) => unknown]>([
    ['a number as text', 'privateDnsZones.get', 200, spoilt('numberOfRecordSets', '2')],
    ['a number for a word', 'privateEndpoints.get', 200, spoilt('provisioningState', 2)],
    ['a property that is none', 'virtualNetworkLinks.get', 200, spoilt('linkedNetwork', 'vnet-app')],
    ['properties that are none', 'recordSets.get', 200, () => ({ properties: 'none' })],
    ['an error in no envelope', 'privateDnsZones.get', 404, () => ({ message: 'Not found.' })],
    ['an attribute of another kind', 'keyVault.getSecret', 200, () => ({ attributes: { enabled: 'yes' } })],
  ])('%s in the answer of %s', async (_, operation, status, body) => {
    const exchange = find(operation, status);
    const spoiled = { ...exchange, response: { ...exchange.response, body: body(exchange) } };

    expect((await compare(validator, spoiled)).issues).not.toEqual([]);
  });

  it('a status that is not documented', async () => {
    const exchange = find('privateDnsZones.put', 202);
    const spoiled = { ...exchange, response: { ...exchange.response, status: 204 } };

    expect((await compare(validator, spoiled)).issues).toEqual([
      expect.stringContaining('INVALID_RESPONSE_CODE'),
    ]);
  });

  it('a request with a property that is none', async () => {
    const exchange = find('privateDnsZones.put', 202);
    const spoiled = { ...exchange, request: { ...exchange.request, body: { location: 7 } } };

    expect((await compare(validator, spoiled)).issues).not.toEqual([]);
  });

  it('a call that no document describes', async () => {
    const exchange = find('privateEndpoints.get', 200);
    const url = exchange.request.url.replace('/privateEndpoints/', '/privateEndpoint/');

    expect((await compare(validator, { ...exchange, request: { ...exchange.request, url } })).issues).toEqual(
      ['no document describes this call'],
    );
  });
});

function find(operation: string, status: number): Exchange {
  const found = exchanges.find((one) => one.operation === operation && one.response.status === status);
  if (!found) throw new Error(`No call of ${operation} was answered ${status}.`);
  return found;
}

/** The answer's body with one property changed. */
function spoilt(name: string, value: unknown): (exchange: Exchange) => unknown {
  return ({ response }) => {
    const body = response.body as { readonly properties: object };
    return { ...body, properties: { ...body.properties, [name]: value } };
  };
}
