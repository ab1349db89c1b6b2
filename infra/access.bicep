// What the app may do to networks, endpoints and zones of ONE subscription, the one that this is deployed to: custom roles, or
// built-in ones, and their assignments. Deployed after main.bicep: by azd's hook, by the owner of the subscription, or nested in the
// portal's template. With the same parameters in each subscription: scopes of another subscription are skipped.

targetScope = 'subscription'

import { networkContributor, privateDnsZoneContributor, reader, tagContributor } from 'modules/roleIds.bicep'

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

@description('`built-in` assigns roles of Azure, which are wider, for those who may assign roles but not define any.')
param roles 'custom' | 'built-in' = 'custom'

@description('Where the app looks for existing endpoints, zones, security rules and routes: in the subscription, or in the named groups only.')
param discovery 'subscription' | 'groups' = 'subscription'

var chosen = loadJsonContent('roles/modes.json')[mode]
var catalog = {
  subscription: loadJsonContent('roles/subscription.json')
  discovery: loadJsonContent('roles/discovery.json')
  'endpoint-group-plan': loadJsonContent('roles/endpoint-group-plan.json')
  'endpoint-group-connect': loadJsonContent('roles/endpoint-group-connect.json')
  'endpoint-group-disconnect': loadJsonContent('roles/endpoint-group-disconnect.json')
  'network-plan': loadJsonContent('roles/network-plan.json')
  'network-connect': loadJsonContent('roles/network-connect.json')
  'zone-group-plan': loadJsonContent('roles/zone-group-plan.json')
  'zone-group-connect': loadJsonContent('roles/zone-group-connect.json')
  'zone-group-disconnect': loadJsonContent('roles/zone-group-disconnect.json')
}

// ---- the scopes of this subscription ----

func isIn(id string, subscriptionId string) bool => toLower(split(id, '/')[2]) == toLower(subscriptionId)

var here = subscription().subscriptionId
var endpointGroups = filter([endpointResourceGroupId], id => isIn(id, here))
var zoneGroups = filter([zoneResourceGroupId], id => isIn(id, here))
var networks = filter(union(virtualNetworkIds, []), id => isIn(id, here))
var groups = union(endpointGroups, zoneGroups, map(networks, id => join(take(split(id, '/'), 5), '/')))
var concerned = empty(groups)
  ? fail('No scope is in the subscription ${here}: deploy this to those of the endpoint\'s group, the zone\'s group and the networks.')
  : groups

// ---- the roles of each kind of scope, as GUIDs ----

var custom = roles == 'custom'
var slots = concat(
  ['subscription', 'discovery'],
  empty(endpointGroups) ? [] : ['endpointGroup'],
  empty(networks) ? [] : ['network'],
  empty(zoneGroups) ? [] : ['zoneGroup']
)
var roleName = mapValues(chosen, role => guid(subscription().id, suffix, role))
var writes = mode != 'plan'
var found = custom ? [roleName.discovery] : [reader]
var onSubscriptionRoles = concat(custom ? [roleName.subscription] : [], discovery == 'subscription' ? found : [])
var onGroupRoles = discovery == 'groups' ? found : []
var endpointGroupRoles = custom ? [roleName.endpointGroup] : writes ? [networkContributor, tagContributor] : []
var networkRoles = custom ? [roleName.network] : writes ? [networkContributor] : []
var zoneGroupRoles = custom ? [roleName.zoneGroup] : writes ? [privateDnsZoneContributor, tagContributor] : []

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for slot in (custom ? slots : []): {
    name: guid(subscription().id, suffix, chosen[slot])
    properties: {
      roleName: '${catalog[chosen[slot]].name} (${suffix}-${uniqueString(subscription().id)})'
      description: catalog[chosen[slot]].description
      type: 'CustomRole'
      assignableScopes: [subscription().id]
      permissions: [{ actions: catalog[chosen[slot]].actions, notActions: [] }]
    }
  }
]

resource onSubscription 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in onSubscriptionRoles: {
    // The identity is part of the name on purpose: an assignment outlives our resource group, and one of an earlier identity must not
    // be met again under the same name.
    name: guid(subscription().id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
    dependsOn: [definitions]
  }
]

module onGroups 'modules/assignToResourceGroup.bicep' = [
  for id in concerned: {
    name: 'roles-${suffix}-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      principalId: principalId
      roleNames: union(
        onGroupRoles,
        contains(endpointGroups, id) ? endpointGroupRoles : [],
        contains(zoneGroups, id) ? zoneGroupRoles : []
      )
    }
    dependsOn: [definitions]
  }
]

module onNetworks 'modules/assignToNetwork.bicep' = [
  for id in networks: {
    name: 'network-roles-${suffix}-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      virtualNetworkName: split(id, '/')[8]
      principalId: principalId
      roleNames: networkRoles
    }
    dependsOn: [definitions]
  }
]
