import type { ArmOperation } from '../protocol/armOperation.ts';

/** Some of Azure's regions. A resource may lie in any other one, too. */
const regions: readonly (readonly [name: string, displayName: string, geography: string])[] = [
  ['eastus', 'East US', 'US'],
  ['eastus2', 'East US 2', 'US'],
  ['centralus', 'Central US', 'US'],
  ['westus2', 'West US 2', 'US'],
  ['northeurope', 'North Europe', 'Europe'],
  ['westeurope', 'West Europe', 'Europe'],
  ['germanywestcentral', 'Germany West Central', 'Europe'],
  ['centralindia', 'Central India', 'Asia Pacific'],
];

/** Where resources can lie: the Azure CLI asks for it before it takes a location. */
export const locationOperations: readonly ArmOperation[] = [
  {
    name: 'locations.list',
    method: 'GET',
    path: '/subscriptions/{subscription}/locations',
    handle: (call) => ({
      status: 200,
      body: {
        value: regions.map(([name, displayName, geographyGroup]) => ({
          id: `/subscriptions/${call.params.subscription ?? ''}/locations/${name}`,
          name,
          type: 'Region',
          displayName,
          regionalDisplayName: `(${geographyGroup}) ${displayName}`,
          metadata: { regionType: 'Physical', regionCategory: 'Recommended', geographyGroup },
        })),
      },
    }),
  },
];
