// Private Link for Zilliz Cloud on Azure: our resource group, and nothing outside it, so that `azd down` can delete nothing else.
// network.bicep comes before it (subnets), access.bicep after it (roles). docs/reference/parameters.md explains the parameters.

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
import { allowedScopesOf, listOf, refusalOf, resourceGroupIdOf } from 'modules/scopes.bicep'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; part of every name that must be unique.')
param environmentName string

@description('Region of the app: that of the virtual network, when it is integrated.')
param location string

param resourceGroupName string = 'rg-zilliz-private-link-${environmentName}'

@description('Added to every resource: `name=value`, comma-separated.')
param tags string = ''

// ---- the network of the applications ----

@description('The virtual network of the applications, as a resource ID. Also the one that the app may put a private endpoint into.')
param virtualNetworkId string = ''

@description('`private`: app, topic, vault and storage are reachable from the virtual network only, and events come over a storage queue.')
param network 'default' | 'private' = 'default'

@description('Whether the app comes into the virtual network, so that `verify` sees what applications see. Decline with false.')
param virtualNetworkIntegration bool = true

@description('Subnet of the app, which exists (network.bicep), delegated to Microsoft.App/environments.')
param integrationSubnetName string = 'snet-zilliz-private-link-app'

@description('Subnet of the private endpoints of storage, vault, topic and site, which exists (network.bicep).')
param endpointSubnetName string = 'snet-zilliz-private-link-storage'

@description('Resource group of privatelink zones that are linked to the network already (a hub), as a resource ID. `none`: a policy makes the records.')
param privateLinkZonesResourceGroupId string = ''

// ---- where the app may write ----

@description('Resource group for the private endpoint, as a resource ID, in the network\'s subscription. Empty: the virtual network\'s.')
param endpointResourceGroupId string = ''

@description('Resource group for the private DNS zone (a hub\'s, also in another subscription). Empty: the endpoint\'s.')
param zoneResourceGroupId string = ''

@description('Further virtual networks that the zone is to be linked to, as resource IDs, comma-separated.')
param linkedNetworkIds string = ''

@description('Zilliz projects that callers may name, comma-separated; `*` for all that the API key reaches.')
param allowedProjects string = '*'

@description('ARM ID prefixes that callers may name, comma-separated. Empty: the scopes above.')
param allowedScopes string = ''

// ---- the app ----

@description('Connections that the app starts by itself, each once: bodies of POST /api/connections. Taking one away removes nothing.')
@maxLength(20)
param connections array = []

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
@maxValue(8760)
param recordRemovalDelayHours int = 24

@description('Any other setting of docs/reference/settings.md by name. Never a secret.')
param appSettings object = {}

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 512

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Always-ready instances of the durable group; Microsoft asks for one. About 5 USD a month at 512 MB (docs/reference/cost.md).')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = 1

@description('Spreads the plan over the zones of the region.')
param zoneRedundant bool = false

@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'

// ---- the vault ----

param zillizApiKeySecretName string = 'zilliz-api-key'

@description('Whether the vault is open to the public network, for identities with a role. Always so without virtualNetworkIntegration.')
param vaultPublicNetworkAccess bool = false

@description('True when a vault of this deployment was deleted less than 90 days ago. azd\'s hook looks, and sets it each time.')
param recoverVault bool = false

@description('Object ID of the person who puts and rotates the API key. azd fills in the one who deploys.')
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
@maxValue(1000)
param logDailyQuotaGb int = 1

@description('Recipient of alerts. Empty: they fire without a message.')
param alertEmail string = ''

var token = uniqueString(subscription().subscriptionId, environmentName, location)
var namedTags = toObject(listOf(tags), tag => first(split(tag, '='))!, tag => join(skip(split(tag, '='), 1), '='))
var allTags = union({ application: 'private-link-for-zilliz-cloud', 'azd-env-name': environmentName }, namedTags)
var refusal = refusalOf({
  virtualNetworkId: virtualNetworkId
  endpointResourceGroupId: empty(endpointResourceGroupId) ? virtualNetworkId : endpointResourceGroupId
  resourceGroupIds: [
    endpointResourceGroupId
    zoneResourceGroupId
    privateLinkZonesResourceGroupId == 'none' ? '' : privateLinkZonesResourceGroupId
  ]
  linkedNetworkIds: listOf(linkedNetworkIds)
  integrationSubnetName: integrationSubnetName
  integration: virtualNetworkIntegration
  private: network == 'private'
  authMode: authMode
  entraAudience: entraAudience
})
var networkId = empty(refusal) ? virtualNetworkId : fail(refusal)
var endpointGroupId = empty(endpointResourceGroupId) ? resourceGroupIdOf(networkId) : endpointResourceGroupId
var zoneGroupId = empty(zoneResourceGroupId) ? endpointGroupId : zoneResourceGroupId
var networkIds = union([networkId], listOf(linkedNetworkIds))

var networking networkOptions = {
  integration: virtualNetworkIntegration
  private: network == 'private'
  virtualNetworkId: networkId
  integrationSubnetName: integrationSubnetName
  endpointSubnetName: endpointSubnetName
  privateLinkZonesResourceGroupId: privateLinkZonesResourceGroupId
}
var access accessOptions = {
  allowedProjects: allowedProjects
  allowedScopes: empty(allowedScopes) ? allowedScopesOf([endpointGroupId, zoneGroupId], networkIds) : allowedScopes
}
var hosting hostingOptions = {
  instanceMemoryMB: instanceMemoryMB
  maximumInstanceCount: maximumInstanceCount
  alwaysReadyInstances: alwaysReadyInstances
  zoneRedundant: zoneRedundant
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
  connections: empty(connections) ? '' : string(connections)
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
    network: networking
    access: access
    hosting: hosting
    monitoring: monitoring
    events: events
    vault: vault
    app: app
  }
}

// azd keeps the outputs as environment variables; hooks and docs/get-started/deploy.md use them.
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = workflow.outputs.functionAppName
output API_URL string = workflow.outputs.apiUrl
output CONSOLE_URL string = workflow.outputs.consoleUrl
output APP_PRINCIPAL_ID string = workflow.outputs.identityPrincipalId
output KEY_VAULT_NAME string = workflow.outputs.vaultName
output ZILLIZ_API_KEY_SECRET_NAME string = workflow.outputs.secretName
output STORAGE_ACCOUNT_NAME string = workflow.outputs.storageName
output DEAD_LETTER_CONTAINER_NAME string = workflow.outputs.deadLetterContainerName
output EVENT_TOPIC_NAME string = workflow.outputs.topicName
output EVENT_TOPIC_ENDPOINT string = workflow.outputs.topicEndpoint
output EVENT_SCHEMA string = eventSchema
output EVENT_QUEUE_NAME string = workflow.outputs.eventQueueName

@description('The parameters of access.bicep, but for the mode.')
output ACCESS_PARAMETERS object = {
  principalId: workflow.outputs.identityPrincipalId
  suffix: token
  endpointResourceGroupId: endpointGroupId
  zoneResourceGroupId: zoneGroupId
  virtualNetworkIds: networkIds
}
