// Private Link for Zilliz Cloud on Azure: everything `azd up` provisions. docs/deploy.md explains the parameters.

targetScope = 'subscription'

import {
  accessOptions
  appOptions
  eventOptions
  hostingOptions
  monitoringOptions
  networkOptions
  vaultOptions
} from 'modules/options.bicep'
import { allowedScopesOf, resourceGroupIdOf } from 'modules/scopes.bicep'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; part of every name that must be unique.')
param environmentName string

@description('Region of the app: that of the virtual network, when it is integrated.')
param location string

param resourceGroupName string = 'rg-zilliz-private-link-${environmentName}'

@description('Added to every resource.')
param tags object = {}

// ---- the network of the applications ----

@description('Whether the app comes into the virtual network, so that `verify` sees what applications see. Decline with false.')
param virtualNetworkIntegration bool = true

@description('The virtual network of the applications, as a resource ID. Also the one that the app may put a private endpoint into.')
param virtualNetworkId string = ''
param integrationSubnetName string = 'snet-zilliz-private-link-app'

@description('Free range for the app, /27 or larger. Empty: the subnet is there, delegated to Microsoft.App/environments, and left as it is.')
param integrationSubnetPrefix string = ''
param endpointSubnetName string = 'snet-zilliz-private-link-storage'

@description('Free range for the private endpoints of storage and vault, /28 or larger. Empty: the subnet is there, and left as it is.')
param endpointSubnetPrefix string = ''

@description('Resource group of privatelink zones that are linked to the network already (a hub), as a resource ID.')
param privateLinkZonesResourceGroupId string = ''

// ---- what the app may do, and where ----

@description('`none` leaves roles to others (docs/security.md); `plan` reads; `connect` creates; `disconnect` also takes down.')
param accessMode 'none' | 'plan' | 'connect' | 'disconnect' = 'disconnect'

@description('Resource group for the private endpoint, as a resource ID. Empty: the virtual network\'s.')
param endpointResourceGroupId string = ''

@description('Resource group for the private DNS zone (a hub\'s, also in another subscription). Empty: the endpoint\'s.')
param zoneResourceGroupId string = ''

@description('Further virtual networks that the zone is to be linked to, as resource IDs.')
param linkedNetworkIds string[] = []

@description('Zilliz projects that callers may name, comma-separated; `*` for all that the API key reaches.')
param allowedProjects string = '*'

@description('ARM ID prefixes that callers may name, comma-separated. Empty: the scopes above.')
param allowedScopes string = ''

// ---- the app ----

@allowed(['function-key', 'entra'])
param authMode string = 'function-key'

@description('Tenant of the callers\' tokens. Empty: this one.')
param entraTenantId string = ''

@description('Application ID URI or client ID that the tokens must be issued for. Needed with authMode=entra.')
param entraAudience string = ''
param zillizApiUrl string = 'https://api.cloud.zilliz.com'

@description('NCRONTAB of the sweep.')
param sweepSchedule string = '0 */15 * * * *'

@minValue(0)
param recordRemovalDelayHours int = 24

@description('Any other setting of docs/settings.md by name. Never a secret.')
param appSettings object = {}

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 512

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Always-ready instances of the durable group; Microsoft asks for one. About 5 USD a month at 512 MB (docs/deploy.md, cost).')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = 1

@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = 'Standard_LRS'

// ---- the vault ----

param zillizApiKeySecretName string = 'zilliz-api-key'

@description('Whether the vault answers on the public network (to identities with a role). False: from the virtual network only.')
param vaultPublicNetworkAccess bool = true

@description('True when a vault of this deployment was deleted less than 90 days ago.')
param recoverVault bool = false

@description('Object ID of whoever puts and rotates the API key. azd fills in the person who deploys.')
param keyOfficerPrincipalId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
param keyOfficerPrincipalType string = 'User'

// ---- events and monitoring ----

@description('Whether there is a topic on which a pipeline announces clusters. Without it the sweep finds them.')
param eventTopic bool = true

@allowed(['CloudEventSchemaV1_0', 'EventGridSchema'])
param eventSchema string = 'CloudEventSchemaV1_0'

@description('Object ID of the pipeline that announces clusters.')
param eventSenderPrincipalId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
param eventSenderPrincipalType string = 'ServicePrincipal'

@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Daily cap of telemetry in GB.')
@minValue(1)
param logDailyQuotaGb int = 1

@description('Who hears of alerts. Empty: they fire and tell nobody.')
param alertEmail string = ''

var token = uniqueString(subscription().subscriptionId, environmentName, location)
var allTags = union({ application: 'private-link-for-zilliz-cloud', 'azd-env-name': environmentName }, tags)
var endpointGroupId = empty(endpointResourceGroupId) ? resourceGroupIdOf(virtualNetworkId) : endpointResourceGroupId
var zoneGroupId = empty(zoneResourceGroupId) ? endpointGroupId : zoneResourceGroupId
var networkIds = union(empty(virtualNetworkId) ? [] : [virtualNetworkId], linkedNetworkIds)
var assigned = accessMode != 'none' && empty(virtualNetworkId)
  ? fail('virtualNetworkId is missing: roles are assigned on it. Name it, or leave roles to others with accessMode=none.')
  : accessMode != 'none'
var mode = accessMode == 'disconnect' ? 'disconnect' : accessMode == 'connect' ? 'connect' : 'plan'
var ownScopes = allowedScopesOf([endpointGroupId, zoneGroupId], networkIds)

var network networkOptions = {
  integration: virtualNetworkIntegration
  virtualNetworkId: virtualNetworkId
  integrationSubnetName: integrationSubnetName
  integrationSubnetPrefix: integrationSubnetPrefix
  endpointSubnetName: endpointSubnetName
  endpointSubnetPrefix: endpointSubnetPrefix
  privateLinkZonesResourceGroupId: privateLinkZonesResourceGroupId
}
var access accessOptions = {
  allowedProjects: allowedProjects
  allowedScopes: !empty(allowedScopes) ? allowedScopes : empty(virtualNetworkId) ? '*' : ownScopes
}
var hosting hostingOptions = {
  instanceMemoryMB: instanceMemoryMB
  maximumInstanceCount: maximumInstanceCount
  alwaysReadyInstances: alwaysReadyInstances
  storageSku: storageSku
}
var monitoring monitoringOptions = {
  retentionInDays: logRetentionInDays
  dailyQuotaGb: logDailyQuotaGb
  alertEmail: alertEmail
}
var events eventOptions = {
  topic: eventTopic
  inputSchema: eventSchema
  senderPrincipalId: eventSenderPrincipalId
  senderPrincipalType: eventSenderPrincipalType
}
var vault vaultOptions = {
  secretName: zillizApiKeySecretName
  publicNetworkAccess: vaultPublicNetworkAccess
  recover: recoverVault
  keyOfficerPrincipalId: keyOfficerPrincipalId
  keyOfficerPrincipalType: keyOfficerPrincipalType
}
var app appOptions = {
  authMode: authMode
  entraTenantId: empty(entraTenantId) && authMode == 'entra' ? tenant().tenantId : entraTenantId
  entraAudience: entraAudience
  zillizApiUrl: zillizApiUrl
  sweepSchedule: sweepSchedule
  recordRemovalDelayHours: recordRemovalDelayHours
  settings: appSettings
}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module workflow 'modules/workflow.bicep' = {
  name: 'workflow-${token}'
  scope: group
  params: {
    location: location
    tags: allTags
    token: token
    network: network
    access: access
    hosting: hosting
    monitoring: monitoring
    events: events
    vault: vault
    app: app
  }
}

module roles 'access.bicep' = if (assigned) {
  name: 'access-${token}'
  params: {
    // Part of the names on purpose: assignments outside our resource group outlive it, and one of an earlier identity must not be
    // met again under the same name. what-if shows them less precisely for it.
    #disable-next-line what-if-short-circuiting
    principalId: workflow.outputs.identityPrincipalId
    mode: mode
    suffix: token
    endpointResourceGroupId: endpointGroupId
    zoneResourceGroupId: zoneGroupId
    virtualNetworkIds: networkIds
  }
}

// azd keeps the outputs as environment variables; hooks and docs/deploy.md use them.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = workflow.outputs.functionAppName
output API_URL string = workflow.outputs.apiUrl
output APP_PRINCIPAL_ID string = workflow.outputs.identityPrincipalId
output KEY_VAULT_NAME string = workflow.outputs.vaultName
output ZILLIZ_API_KEY_SECRET_NAME string = workflow.outputs.secretName
output STORAGE_ACCOUNT_NAME string = workflow.outputs.storageName
output DEAD_LETTER_CONTAINER_NAME string = workflow.outputs.deadLetterContainerName
output EVENT_TOPIC_NAME string = workflow.outputs.topicName
output EVENT_TOPIC_ENDPOINT string = workflow.outputs.topicEndpoint
output EVENT_SCHEMA string = eventSchema
