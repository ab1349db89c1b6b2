// Private endpoints of the app's own storage, vault, topic and site, so that their public network can be off.
// Not to be confused with the endpoint to Zilliz, which the workflow makes.

param location string
param tags object
param virtualNetworkId string
param subnetId string
param services service[]

@description('Resource group with privatelink zones that are linked to the network already (a hub). Empty: zones of our own. `none`: a policy makes the records.')
param zonesResourceGroupId string

@export()
type service = {
  resourceId: string
  resourceName: string
  @description('Part of the resource that the endpoint leads to.')
  groupId: string
  @description('Name of its private DNS zone.')
  zone: string
}

var ownZones = empty(zonesResourceGroupId)
var records = zonesResourceGroupId != 'none'

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
      // A linked zone hides each name of its service that it does not hold: those of other teams' accounts go on to public DNS.
      resolutionPolicy: 'NxDomainRedirect'
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
          #disable-next-line use-resource-id-functions // it is: a field of a parameter
          properties: { privateLinkServiceId: service.resourceId, groupIds: [service.groupId] }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = [
  for (service, index) in services: if (records) {
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
