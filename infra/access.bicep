// What the app may do to networks, endpoints and zones: custom roles and their assignments, scope by scope.
// main.bicep runs it; it can also be run alone, once for each further network.

targetScope = 'subscription'

import { roleDefinitionName } from 'modules/roleDefinitions.bicep'

@description('Object ID of the app\'s identity.')
param principalId string

@description('`plan` reads only; `connect` also creates and keeps records in step; `disconnect` also takes down.')
param mode 'plan' | 'connect' | 'disconnect'

@description('Ends the names of the custom roles, which are unique in a tenant.')
param suffix string

@description('Resource group of the private endpoint.')
param endpointResourceGroupId string

@description('Resource group of the private DNS zone: the endpoint\'s, or a hub\'s, also in another subscription.')
param zoneResourceGroupId string

@description('Virtual networks: that of the endpoint, and every other one that the zone is linked to.')
@minLength(1)
param virtualNetworkIds string[]

var chosen = loadJsonContent('roles/modes.json')[mode]
var endpointGroup = split(endpointResourceGroupId, '/')
var zoneGroup = split(zoneResourceGroupId, '/')
var networks = union(virtualNetworkIds, [])
var networkSubscriptionIds = map(networks, id => split(id, '/')[2])
var subscriptionIds = union([endpointGroup[2], zoneGroup[2]], networkSubscriptionIds)

var roleName = mapValues(chosen, role => roleDefinitionName(subscription().id, suffix, role))

module roles 'modules/roleDefinitions.bicep' = {
  name: 'roles-${suffix}'
  params: {
    assignableScopes: map(subscriptionIds, id => '/subscriptions/${id}')
    suffix: suffix
    mode: mode
  }
}

module onSubscriptions 'modules/assignToSubscription.bicep' = [
  for id in subscriptionIds: {
    name: 'role-on-subscription-${suffix}-${uniqueString(id)}'
    scope: subscription(id)
    params: { principalId: principalId, roleName: roleName.subscription }
    dependsOn: [roles]
  }
]

module onEndpointGroup 'modules/assignToResourceGroup.bicep' = {
  name: 'role-on-endpoint-group-${suffix}'
  scope: resourceGroup(endpointGroup[2], endpointGroup[4])
  params: { principalId: principalId, roleName: roleName.endpointGroup }
  dependsOn: [roles]
}

module onZoneGroup 'modules/assignToResourceGroup.bicep' = {
  name: 'role-on-zone-group-${suffix}'
  scope: resourceGroup(zoneGroup[2], zoneGroup[4])
  params: { principalId: principalId, roleName: roleName.zoneGroup }
  dependsOn: [roles]
}

module onNetworks 'modules/assignToNetwork.bicep' = [
  for id in networks: {
    name: 'role-on-network-${suffix}-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      virtualNetworkName: split(id, '/')[8]
      principalId: principalId
      roleName: roleName.network
    }
    dependsOn: [roles]
  }
]
