// Roles for the app's identity on a resource group.

param principalId string
@description('GUIDs of the roles; their resource IDs are taken in the subscription of the assignment.')
param roleNames string[]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleName in roleNames: {
    name: guid(resourceGroup().id, principalId, roleName)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleName)
    }
  }
]
