// The custom roles as Azure wants them, from the lists in ../roles. One subscription holds them for all scopes of a deployment.

targetScope = 'subscription'

@description('Subscriptions in which the roles will be assigned, as `/subscriptions/…`. The roles can be assigned nowhere else.')
@minLength(1)
param assignableScopes string[]

@description('Ends the names: role names are unique in a tenant, and each deployment has its own set.')
param suffix string

@description('The mode whose roles are needed; the others are not created.')
param mode 'plan' | 'connect' | 'disconnect'

@export()
@description('The same for whoever creates the role and whoever assigns it.')
func roleDefinitionName(subscriptionId string, suffix string, role string) string => guid(subscriptionId, suffix, role)

var catalog = {
  subscription: loadJsonContent('../roles/subscription.json')
  'endpoint-group-plan': loadJsonContent('../roles/endpoint-group-plan.json')
  'endpoint-group-connect': loadJsonContent('../roles/endpoint-group-connect.json')
  'endpoint-group-disconnect': loadJsonContent('../roles/endpoint-group-disconnect.json')
  'network-plan': loadJsonContent('../roles/network-plan.json')
  'network-connect': loadJsonContent('../roles/network-connect.json')
  'zone-group-plan': loadJsonContent('../roles/zone-group-plan.json')
  'zone-group-connect': loadJsonContent('../roles/zone-group-connect.json')
  'zone-group-disconnect': loadJsonContent('../roles/zone-group-disconnect.json')
}
var modes = loadJsonContent('../roles/modes.json')
var chosen = modes[mode]
var slots = ['subscription', 'endpointGroup', 'network', 'zoneGroup']

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for slot in slots: {
    name: roleDefinitionName(subscription().id, suffix, chosen[slot])
    properties: {
      roleName: '${catalog[chosen[slot]].name} (${suffix})'
      description: catalog[chosen[slot]].description
      type: 'CustomRole'
      assignableScopes: assignableScopes
      permissions: [{ actions: catalog[chosen[slot]].actions, notActions: [] }]
    }
  }
]
