// Private endpoints of the app's own storage (and vault), so that their public network can be off.
// Not to be confused with the endpoint to Zilliz, which the workflow makes.

param location string
param tags object
param virtualNetworkId string
param subnetId string
param storageId string
param storageName string

@description('Empty: the vault stays on the public network and gets no endpoint.')
param vaultId string
param vaultName string

@description('Resource group with privatelink zones that are linked to the network already (a hub). Empty: zones of our own.')
param zonesResourceGroupId string

var storageServices = [
  {
    resourceId: storageId
    resourceName: storageName
    groupId: 'blob'
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
  {
    resourceId: storageId
    resourceName: storageName
    groupId: 'queue'
    zone: 'privatelink.queue.${environment().suffixes.storage}'
  }
  {
    resourceId: storageId
    resourceName: storageName
    groupId: 'table'
    zone: 'privatelink.table.${environment().suffixes.storage}'
  }
]
// The vault's suffix begins with a dot, and its zone says "vaultcore" where the public name says "vault".
var vaultZone = 'privatelink.${replace(substring(environment().suffixes.keyvaultDns, 1), 'vault.', 'vaultcore.')}'
var services = concat(
  storageServices,
  empty(vaultId) ? [] : [{ resourceId: vaultId, resourceName: vaultName, groupId: 'vault', zone: vaultZone }]
)
var ownZones = empty(zonesResourceGroupId)

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: if (ownZones) {
    name: service.zone
    location: 'global'
    tags: tags
    properties: {}
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, index) in services: if (ownZones) {
    parent: zones[index]
    name: 'link-${uniqueString(virtualNetworkId)}'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: virtualNetworkId }
    }
  }
]

@batchSize(1)
resource endpoints 'Microsoft.Network/privateEndpoints@2025-07-01' = [
  for service in services: {
    name: 'pe-${service.resourceName}-${service.groupId}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: service.groupId
          properties: { privateLinkServiceId: service.resourceId, groupIds: [service.groupId] }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = [
  for (service, index) in services: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: service.groupId
          properties: {
            privateDnsZoneId: ownZones
              ? zones[index].id
              : '${zonesResourceGroupId}/providers/Microsoft.Network/privateDnsZones/${service.zone}'
          }
        }
      ]
    }
    // The host must find the private address at its first start.
    dependsOn: [links[index]]
  }
]
