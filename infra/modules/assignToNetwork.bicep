// One role for the app's identity on a virtual network, and not on its resource group.

param virtualNetworkName string
param principalId string
@description('GUID of the custom role; its resource ID is taken in the subscription of the assignment.')
param roleName string

var roleDefinitionId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleName)

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: virtualNetworkName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(virtualNetwork.id, principalId, roleName)
  scope: virtualNetwork
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleDefinitionId
  }
}
