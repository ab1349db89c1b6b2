// What the app's identity may do inside its own resource group. What it may do to networks and zones is in ../access.bicep.

import {
  keyVaultSecretsOfficer
  keyVaultSecretsUser
  monitoringMetricsPublisher
  storageBlobDataOwner
  storageQueueDataContributor
  storageTableDataContributor
} from 'roleIds.bicep'

@description('Resource ID of the identity: names the assignments, because the object ID is not known before the deployment.')
param identityId string
param principalId string
param storageName string
param vaultName string
param componentName string

@description('Object ID of a person or group that may put and rotate the Zilliz API key. Empty: the role is not assigned here.')
param keyOfficerPrincipalId string

@allowed(['User', 'Group', 'ServicePrincipal'])
param keyOfficerPrincipalType string

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in [storageBlobDataOwner, storageQueueDataContributor, storageTableDataContributor]: {
    name: guid(storage.id, identityId, roleId)
    scope: storage
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identityId, keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource sendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, identityId, monitoringMetricsPublisher)
  scope: component
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

resource keyOfficer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(keyOfficerPrincipalId)) {
  name: guid(vault.id, keyOfficerPrincipalId, keyVaultSecretsOfficer)
  scope: vault
  properties: {
    principalId: keyOfficerPrincipalId
    principalType: keyOfficerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsOfficer)
  }
}
