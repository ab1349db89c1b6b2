// Everything that lives in the app's resource group. ../main.bicep (azd) and ../portal/main.bicep (Deploy to Azure) both run it.

import { deadLetterContainer, namesOf } from 'names.bicep'
import {
  accessOptions
  appOptions
  eventOptions
  hostingOptions
  monitoringOptions
  networkOptions
  vaultOptions
} from 'options.bicep'

param location string
param tags object

@description('Makes the names unique: 13 lower-case letters and digits.')
@minLength(13)
@maxLength(13)
param token string
param network networkOptions
param access accessOptions
param hosting hostingOptions
param monitoring monitoringOptions
param events eventOptions
param vault vaultOptions
param app appOptions

var names = namesOf(token)
var networkParts = split(network.virtualNetworkId, '/')
var integrated = network.integration && empty(network.virtualNetworkId)
  ? fail('virtualNetworkId is missing: name the network of the applications, or decline with virtualNetworkIntegration=false.')
  : network.integration

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.identity
  location: location
  tags: tags
  properties: {}
}

module logs 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
    componentName: names.component
    retentionInDays: monitoring.retentionInDays
    dailyQuotaGb: monitoring.dailyQuotaGb
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    tags: tags
    name: names.storage
    skuName: hosting.storageSku
    packageContainerName: 'app-package'
    deadLetterContainerName: deadLetterContainer
    publicNetworkAccess: !integrated
    workspaceId: logs.outputs.workspaceId
  }
}

module secrets 'vault.bicep' = {
  name: 'vault'
  params: {
    location: location
    tags: tags
    name: names.vault
    recover: vault.recover
    publicNetworkAccess: vault.publicNetworkAccess || !integrated
    workspaceId: logs.outputs.workspaceId
  }
}

module subnets 'subnets.bicep' = if (integrated) {
  name: 'subnets'
  scope: resourceGroup(
    integrated ? networkParts[2] : subscription().subscriptionId,
    integrated ? networkParts[4] : resourceGroup().name
  )
  params: {
    virtualNetworkName: integrated ? networkParts[8] : 'none'
    integrationSubnetName: network.integrationSubnetName
    integrationSubnetPrefix: network.integrationSubnetPrefix
    endpointSubnetName: network.endpointSubnetName
    endpointSubnetPrefix: network.endpointSubnetPrefix
  }
}

module privateAccess 'privateAccess.bicep' = if (integrated) {
  name: 'private-access'
  params: {
    location: location
    tags: tags
    virtualNetworkId: network.virtualNetworkId
    subnetId: integrated ? subnets!.outputs.endpointSubnetId : ''
    storageId: storage.outputs.id
    storageName: names.storage
    vaultId: vault.publicNetworkAccess ? '' : secrets.outputs.id
    vaultName: names.vault
    zonesResourceGroupId: network.privateLinkZonesResourceGroupId
  }
}

module appRoles 'appRoles.bicep' = {
  name: 'app-roles'
  params: {
    identityId: identity.id
    principalId: identity.properties.principalId
    storageName: names.storage
    vaultName: names.vault
    componentName: names.component
    keyOfficerPrincipalId: vault.keyOfficerPrincipalId
    keyOfficerPrincipalType: vault.keyOfficerPrincipalType
  }
  dependsOn: [storage, secrets, logs]
}

// By the names of the settings schema; an empty value counts as absent there. Kept in step by a test.
var settings = {
  KEY_VAULT_URL: secrets.outputs.url
  ZILLIZ_API_KEY_SECRET: vault.secretName
  AZURE_CLIENT_ID: identity.properties.clientId
  AZURE_CREDENTIAL: 'managed-identity'
  AZURE_AUTHORITY_HOST: environment().authentication.loginEndpoint
  ARM_ENDPOINT: environment().resourceManager
  ARM_SCOPE: ''
  ZILLIZ_API_URL: app.zillizApiUrl
  ZILLIZ_READY_WORDS: ''
  ZILLIZ_FAILED_WORDS: ''
  ALLOWED_PROJECTS: access.allowedProjects
  ALLOWED_SCOPES: access.allowedScopes
  VERIFY_DNS_SERVERS: ''
  VERIFY_CONNECT_PROXY: ''
  AUTH_MODE: app.authMode
  ENTRA_TENANT_ID: app.entraTenantId
  ENTRA_AUDIENCE: app.entraAudience
  SWEEP_SCHEDULE: app.sweepSchedule
  RECORD_REMOVAL_DELAY_HOURS: string(app.recordRemovalDelayHours)
}

module site 'functionApp.bicep' = {
  name: 'function-app'
  params: {
    location: location
    tags: tags
    planName: names.plan
    name: names.functionApp
    identityId: identity.id
    identityClientId: identity.properties.clientId
    storage: {
      blob: storage.outputs.blobEndpoint
      queue: storage.outputs.queueEndpoint
      table: storage.outputs.tableEndpoint
    }
    packageContainerUrl: storage.outputs.packageContainerUrl
    applicationInsightsConnectionString: logs.outputs.connectionString
    workspaceId: logs.outputs.workspaceId
    integrationSubnetId: integrated ? subnets!.outputs.integrationSubnetId : ''
    settings: union(settings, app.settings)
    instanceMemoryMB: hosting.instanceMemoryMB
    maximumInstanceCount: hosting.maximumInstanceCount
    alwaysReadyInstances: hosting.alwaysReadyInstances
    allowedOrigins: [environment().portal]
  }
  // The host reads storage at its first start: roles and private endpoints come before it.
  dependsOn: [appRoles, privateAccess]
}

module topic 'eventTopic.bicep' = if (events.topic) {
  name: 'event-topic'
  params: {
    location: location
    tags: tags
    name: names.topic
    inputSchema: events.inputSchema
    storageName: names.storage
    deadLetterContainerName: deadLetterContainer
    workspaceId: logs.outputs.workspaceId
    senderPrincipalId: events.senderPrincipalId
    senderPrincipalType: events.senderPrincipalType
  }
  dependsOn: [storage]
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: tags
    token: token
    workspaceId: logs.outputs.workspaceId
    email: monitoring.alertEmail
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
  }
  dependsOn: [logs]
}

output functionAppName string = names.functionApp
output apiUrl string = 'https://${site.outputs.hostName}/api'
output identityPrincipalId string = identity.properties.principalId
output vaultName string = names.vault
output secretName string = vault.secretName
output storageName string = names.storage
output deadLetterContainerName string = deadLetterContainer
output topicName string = events.topic ? names.topic : ''
output topicEndpoint string = events.topic ? topic!.outputs.endpoint : ''
