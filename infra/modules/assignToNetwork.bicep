// Roles for the app's identity on a virtual network, and not on its resource group.

param virtualNetworkName string
param principalId string
@description('GUIDs of the roles; their resource IDs are taken in the subscription of the assignment.')
param roleNames string[]

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: virtualNetworkName
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleName in roleNames: {
    name: guid(virtualNetwork.id, principalId, roleName)
    scope: virtualNetwork
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleName)
    }
  }
]
