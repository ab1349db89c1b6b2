import { dnsPlaceOf, parsePrivateLinkAddress, placeCluster } from '../../../src/domain/resources/cluster.ts';

const host = 'in01-0123456789abcde-privatelink.az-eastus.vectordb.zillizcloud.com';

test.each([
  [`https://${host}:19530`, { host, port: 19530 }],
  [`https://${host}`, { host, port: 19530 }],
  [` https://${host}:65535\n`, { host, port: 65535 }],
  ['https://a.b.com', { host: 'a.b.com', port: 19530 }],
  [`${`${'a'.repeat(49)}.`.repeat(5)}com`, { host: `${`${'a'.repeat(49)}.`.repeat(5)}com`, port: 19530 }],
  [`${host.toUpperCase()}.:443/path?x=1`, { host, port: 443 }],
  ['', null],
  ['https://10.0.0.4:19530', null],
  ['https://localhost:19530', null],
  [`https://${host}:0`, null],
  [`https://user@${host}:1`, null],
  [`https://${host}:65536`, null],
  [`https://${host}:999999`, null],
  [`https://${host}..:1`, null],
  [`https://*.${host}:1`, null],
  [`https://a..${host}:1`, null],
  [`https://-a.${host}:1`, null],
  [`https://a%2e.${host}:1`, null],
  [`https://\u212a.${host}:1`, null],
  [`https://${host}\nlocalhost:1`, null],
  [`https://${'a.'.repeat(120)}${host}:1`, null],
])('reads %s', (address, expected) => {
  expect(parsePrivateLinkAddress(address)).toEqual(expected);
});

test('places a host in the zone of its region, or in a zone of its own', () => {
  const zone = 'az-eastus.vectordb.zillizcloud.com';

  expect(dnsPlaceOf(host, 'az-eastus', 'regional')).toEqual({
    zone,
    record: 'in01-0123456789abcde-privatelink',
  });
  expect(dnsPlaceOf(host, 'az-eastus', 'per-cluster')).toEqual({ zone: host, record: '@' });
  expect(dnsPlaceOf(host, 'az-westus3', 'regional')).toBeNull();
  expect(dnsPlaceOf(zone, 'az-eastus', 'regional')).toBeNull();
});

test.each(['regional', 'per-cluster'] as const)(
  'rejects a host of another domain or region, %s',
  (layout) => {
    const places = [
      'login.microsoftonline.com',
      `${host}.localhost.com`,
      `x${host.slice(host.indexOf('.') + 1)}`,
      'a.az-westus3.vectordb.zillizcloud.com',
      'vectordb.zillizcloud.com',
      'az-eastus.vectordb.zillizcloud.com',
    ].map((other) => dnsPlaceOf(other, 'az-eastus', layout));

    expect(places.every((place) => place === null)).toBe(true);
  },
);

test('a fault of a host names its cluster and no more of its address than can be read', () => {
  const address = `https://${'a'.repeat(50_000)}:1`;

  const placed = placeCluster({ clusterId: 'in01-a', address }, 'az-eastus', 'regional');

  if (placed.ok) throw new Error('it is placed');
  expect(placed.failure).toMatchObject({ code: 'unreadable-address', kind: 'rejected' });
  expect(placed.failure.message.length).toBeLessThan(300);
  const shown = placeCluster({ clusterId: 'in01-a', address: 'a'.repeat(120) }, 'az-eastus', 'regional');
  expect(shown.ok ? '' : shown.failure.message).toContain(`${'a'.repeat(120)} has no host`);
});
