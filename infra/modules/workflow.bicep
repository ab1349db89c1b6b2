// Everything that lives in the app's resource group. ../main.bicep (azd) and ../portal/main.bicep (Deploy to Azure) both run it.

import { deadLetterContainer, namesOf } from 'names.bicep'

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

@export()
@description('The network of the applications, and how the app comes into it.')
type networkOptions = {
  @description('Off: `verification` says "not verifiable from here", and storage stays on the public network, closed to keys.')
  integration: bool
  virtualNetworkId: string
  integrationSubnetName: string
  @description('Free range for the app, /27 or larger. Empty: the subnet is there and delegated to Microsoft.App/environments.')
  integrationSubnetPrefix: string
  endpointSubnetName: string
  @description('Free range for the private endpoints of storage and vault, /28 or larger. Empty: the subnet is there.')
  endpointSubnetPrefix: string
  @description('Resource group of existing privatelink zones, linked to the network. Empty: zones of our own.')
  privateLinkZonesResourceGroupId: string
}

@export()
@description('What callers may name. `*` is everything that the identity can reach.')
type accessOptions = {
  allowedProjects: string
  allowedScopes: string
}

@export()
type hostingOptions = {
  instanceMemoryMB: 512 | 2048 | 4096
  maximumInstanceCount: int
  alwaysReadyInstances: int
  storageSku: 'Standard_LRS' | 'Standard_ZRS'
}

@export()
type monitoringOptions = {
  retentionInDays: int
  dailyQuotaGb: int
  @description('Who hears of alerts. Empty: the alerts fire and tell nobody.')
  alertEmail: string
}

@export()
type eventOptions = {
  topic: bool
  inputSchema: 'CloudEventSchemaV1_0' | 'EventGridSchema'
  senderPrincipalId: string
  senderPrincipalType: 'User' | 'Group' | 'ServicePrincipal'
}

@export()
type vaultOptions = {
  secretName: string
  publicNetworkAccess: bool
  recover: bool
  keyOfficerPrincipalId: string
  keyOfficerPrincipalType: 'User' | 'Group' | 'ServicePrincipal'
}

@export()
type appOptions = {
  authMode: 'function-key' | 'entra'
  entraTenantId: string
  entraAudience: string
  zillizApiUrl: string
  sweepSchedule: string
  recordRemovalDelayHours: int
  @description('Any setting of docs/settings.md by its name; it wins over what is computed here. Never a secret.')
  settings: object
}

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
  scope: resourceGroup(integrated ? networkParts[2] : subscription().subscriptionId, integrated ? networkParts[4] : resourceGroup().name)
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
