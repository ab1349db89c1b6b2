/**
 * Every operation of the simulator and the role action that Azure asks for it. `null`: no action, ARM shows what the caller
 * may see. `{recordType}` stands for A, AAAA, CNAME and so on, `{resourceType}` for the type of the resource itself, where an
 * operation serves several.
 */
export const operationActions = {
  'metadata.endpoints': null,
  'tenants.list': null,
  'subscriptions.list': null,
  'subscriptions.get': 'Microsoft.Resources/subscriptions/read',
  'providers.list': 'Microsoft.Resources/subscriptions/providers/read',
  'providers.get': 'Microsoft.Resources/subscriptions/providers/read',
  'resourceGroups.list': 'Microsoft.Resources/subscriptions/resourceGroups/read',
  'resourceGroups.get': 'Microsoft.Resources/subscriptions/resourceGroups/read',
  'resourceGroups.head': 'Microsoft.Resources/subscriptions/resourceGroups/read',
  'resourceGroups.put': 'Microsoft.Resources/subscriptions/resourceGroups/write',
  'resourceGroups.delete': 'Microsoft.Resources/subscriptions/resourceGroups/delete',
  'resources.list': null,
  'resources.get': '{resourceType}/read',
  'resources.getOperationResult': null,
  'tags.get': 'Microsoft.Resources/tags/read',
  'tags.put': 'Microsoft.Resources/tags/write',
  'tags.patch': 'Microsoft.Resources/tags/write',
  'permissions.list': 'Microsoft.Authorization/permissions/read',
  'locks.list': 'Microsoft.Authorization/locks/read',
  'locks.get': 'Microsoft.Authorization/locks/read',
  'locks.put': 'Microsoft.Authorization/locks/write',
  'locks.delete': 'Microsoft.Authorization/locks/delete',
  'virtualNetworks.get': 'Microsoft.Network/virtualNetworks/read',
  'virtualNetworks.list': 'Microsoft.Network/virtualNetworks/read',
  'virtualNetworks.put': 'Microsoft.Network/virtualNetworks/write',
  'virtualNetworks.usages': 'Microsoft.Network/virtualNetworks/usages/read',
  'subnets.get': 'Microsoft.Network/virtualNetworks/subnets/read',
  'subnets.put': 'Microsoft.Network/virtualNetworks/subnets/write',
  'subnets.list': 'Microsoft.Network/virtualNetworks/subnets/read',
  'networkSecurityGroups.get': 'Microsoft.Network/networkSecurityGroups/read',
  'routeTables.get': 'Microsoft.Network/routeTables/read',
  'networkInterfaces.get': 'Microsoft.Network/networkInterfaces/read',
  'networkInterfaces.list': 'Microsoft.Network/networkInterfaces/read',
  'privateEndpoints.put': 'Microsoft.Network/privateEndpoints/write',
  'privateEndpoints.get': 'Microsoft.Network/privateEndpoints/read',
  'privateEndpoints.list': 'Microsoft.Network/privateEndpoints/read',
  'privateEndpoints.delete': 'Microsoft.Network/privateEndpoints/delete',
  'privateLinkServices.checkVisibility':
    'Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action',
  'operations.get': 'Microsoft.Network/locations/operations/read',
  'operationResults.get': 'Microsoft.Network/locations/operationResults/read',
  'privateDnsZones.put': 'Microsoft.Network/privateDnsZones/write',
  'privateDnsZones.patch': 'Microsoft.Network/privateDnsZones/write',
  'privateDnsZones.get': 'Microsoft.Network/privateDnsZones/read',
  'privateDnsZones.list': 'Microsoft.Network/privateDnsZones/read',
  'privateDnsZones.delete': 'Microsoft.Network/privateDnsZones/delete',
  'virtualNetworkLinks.put': 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write',
  'virtualNetworkLinks.patch': 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write',
  'virtualNetworkLinks.get': 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/read',
  'virtualNetworkLinks.list': 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/read',
  'virtualNetworkLinks.delete': 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete',
  'recordSets.put': 'Microsoft.Network/privateDnsZones/{recordType}/write',
  'recordSets.patch': 'Microsoft.Network/privateDnsZones/{recordType}/write',
  'recordSets.get': 'Microsoft.Network/privateDnsZones/{recordType}/read',
  'recordSets.list': 'Microsoft.Network/privateDnsZones/{recordType}/read',
  'recordSets.listAll': 'Microsoft.Network/privateDnsZones/ALL/read',
  'recordSets.delete': 'Microsoft.Network/privateDnsZones/{recordType}/delete',
  'privateDnsOperationStatuses.get': 'Microsoft.Network/privateDnsOperationStatuses/read',
  'privateDnsOperationResults.get': 'Microsoft.Network/privateDnsOperationResults/read',
} as const satisfies Readonly<Record<string, string | null>>;

export type OperationName = keyof typeof operationActions;

/** Actions asked for on another resource than the one that is written. */
export const linkedActions = {
  'privateEndpoints.put': 'Microsoft.Network/virtualNetworks/subnets/join/action',
  'virtualNetworkLinks.put': 'Microsoft.Network/virtualNetworks/join/action',
} as const;
