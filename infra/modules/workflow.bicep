// Everything that lives in the app's resource group. ../main.bicep (azd) and ../portal/main.bicep (Deploy to Azure) both run it.

import { deadLetterContainer, eventQueue, namesOf } from 'names.bicep'
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
var integrated = network.integration
var subnetId = '${network.virtualNetworkId}/subnets/'
var vaultPublic = !network.private && (vault.publicNetworkAccess || !integrated)
var queue = events.topic && network.private ? eventQueue : ''

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
    eventQueueName: queue
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
    publicNetworkAccess: vaultPublic
    workspaceId: logs.outputs.workspaceId
  }
}

var zones = environment().suffixes
// The vault's suffix begins with a dot, and its zone says "vaultcore" where the public name says "vault".
var vaultZone = 'privatelink.${replace(substring(zones.keyvaultDns, 1), 'vault.', 'vaultcore.')}'
var topicZone = 'privatelink.eventgrid.${substring(zones.keyvaultDns, length('.vault.'))}'

module privateAccess 'privateAccess.bicep' = if (integrated) {
  name: 'private-access'
  params: {
    location: location
    tags: tags
    virtualNetworkId: network.virtualNetworkId
    subnetId: '${subnetId}${network.endpointSubnetName}'
    services: concat(
      map(['blob', 'queue', 'table'], part => {
        resourceId: storage.outputs.id
        resourceName: names.storage
        groupId: part
        zone: 'privatelink.${part}.${zones.storage}'
      }),
      vaultPublic
        ? []
        : [{ resourceId: secrets.outputs.id, resourceName: names.vault, groupId: 'vault', zone: vaultZone }]
    )
    zonesResourceGroupId: network.privateLinkZonesResourceGroupId
  }
}

// The app's own endpoint comes after the app, the others before it.
module privateEntrances 'privateAccess.bicep' = if (network.private) {
  name: 'private-entrances'
  params: {
    location: location
    tags: tags
    virtualNetworkId: network.virtualNetworkId
    subnetId: '${subnetId}${network.endpointSubnetName}'
    services: concat(
      [
        {
          resourceId: site.outputs.id
          resourceName: names.functionApp
          groupId: 'sites'
          zone: 'privatelink.azurewebsites.net'
        }
      ],
      events.topic
        ? [{ resourceId: topic!.outputs.id, resourceName: names.topic, groupId: 'topic', zone: topicZone }]
        : []
    )
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
  VNET_INTEGRATION: integrated ? 'true' : 'false'
  EVENT_QUEUE: queue
  PUBLIC_BASE_URL: ''
  AUTH_MODE: app.authMode
  ENTRA_TENANT_ID: app.entraTenantId
  ENTRA_AUDIENCE: app.entraAudience
  SWEEP_SCHEDULE: app.sweepSchedule
  RECORD_REMOVAL_DELAY_HOURS: string(app.recordRemovalDelayHours)
  CONNECTIONS: app.connections
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
    integrationSubnetId: integrated ? '${subnetId}${network.integrationSubnetName}' : ''
    publicNetworkAccess: !network.private
    settings: union(settings, app.settings)
    instanceMemoryMB: hosting.instanceMemoryMB
    maximumInstanceCount: hosting.maximumInstanceCount
    alwaysReadyInstances: hosting.alwaysReadyInstances
    zoneRedundant: hosting.zoneRedundant
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
    eventQueueName: queue
    publicNetworkAccess: !network.private
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
    eventQueue: !empty(queue)
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
    consoleUrl: uri('https://${site.outputs.hostName}', 'api/console')
  }
}

output functionAppName string = names.functionApp
output apiUrl string = uri('https://${site.outputs.hostName}', 'api')
output consoleUrl string = uri('https://${site.outputs.hostName}', 'api/console')
output identityPrincipalId string = identity.properties.principalId
output vaultName string = names.vault
output secretName string = vault.secretName
output storageName string = names.storage
output deadLetterContainerName string = deadLetterContainer
output topicName string = events.topic ? names.topic : ''
output eventQueueName string = queue
output topicEndpoint string = events.topic ? topic!.outputs.endpoint : ''
