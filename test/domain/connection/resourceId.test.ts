import { isWithinScope } from '../../../src/domain/connection/resourceId.ts';

const subscription = '/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b';
const scope = `${subscription}/resourceGroups/rg-k`;
const zone = `${scope}/providers/Microsoft.Network/privateDnsZones/z.example`;

test.each([
  [scope, scope],
  [zone, scope],
  [`${zone}/A/@`, scope],
  [`${zone}/`, scope],
  [zone.toUpperCase(), scope],
  [zone, `${scope}/`],
  [zone, subscription.toLowerCase()],
  [`${subscription}/resourceGroups/gruppe-ä`, `${subscription}/resourceGroups/GRUPPE-Ä`],
])('%s is in the scope %s', (id, of) => {
  expect(isWithinScope(id, of)).toBe(true);
});

test.each([
  [`${scope}-other`],
  [`${scope}/../rg-other`],
  [`${scope}/.`],
  [`${scope}/%2e%2e/rg-other`],
  [`${scope}/%2E%2E%2Frg-other`],
  [`${scope}%2f..%2frg-other`],
  [`${scope}/..%5crg-other`],
  [`${scope}\\..\\rg-other`],
  [`${scope}//providers`],
  [`/${scope}`],
  [`${scope}//`],
  [`${scope}?api-version=1`],
  [`${scope}#`],
  [`${scope}/ `],
  [`${scope}/\u200b`],
  [`https://localhost${scope}`],
  [subscription],
  [''],
  // The Kelvin sign is k in lower case only: another group for Azure.
  [scope.replace('rg-k', 'rg-\u212a')],
])('%s is not in the scope of a group', (id) => {
  expect(isWithinScope(id, scope)).toBe(false);
});

test('a dotless i is another letter than i', () => {
  expect(isWithinScope(`${subscription}/resourceGroups/r\u0131g`, `${subscription}/resourceGroups/rig`)).toBe(
    false,
  );
});
