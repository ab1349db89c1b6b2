import { dnsPlaceOf, parsePrivateLinkAddress } from '../../src/domain/privateHost.ts';

const host = 'in01-0123456789abcde-privatelink.az-eastus.vectordb.zillizcloud.com';

test.each([
  [`https://${host}:19530`, { host, port: 19530 }],
  [`https://${host}`, { host, port: 19530 }],
  [`${host.toUpperCase()}.:443/path?x=1`, { host, port: 443 }],
  ['', null],
  ['https://10.0.0.4:19530', null],
  ['https://localhost:19530', null],
  [`https://${host}:0`, null],
  [`https://user@${host}:1`, null],
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
