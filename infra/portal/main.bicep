// The template behind the "Deploy to Azure" button: all three deployments (../network.bicep, the modules of ../main.bicep into one
// resource group, ../access.bicep), with the code and the API key. azd never sees it, so it may hold what azd must not delete.
// `npm run infra:build` compiles it to azuredeploy.json; createUiDefinition.json is its form.

import { apiKeySecret, deadLetterContainer, namesOf } from '../modules/names.bicep'
import { allowedScopesOf, refusalOf, resourceGroupIdOf } from '../modules/scopes.bicep'

@description('Region of the app and of the virtual network.')
param location string = resourceGroup().location
param tags object = {}

// ---- the network of the applications ----

@description('`private`: app, topic, vault and storage are reachable from the virtual network only, and events come over a storage queue.')
param network 'default' | 'private' = 'default'

@description('Whether the app comes into the virtual network, so that the verification sees what applications see.')
param virtualNetworkIntegration bool = true

@allowed(['existing', 'new'])
@description('Subnets are made in a new network only; in an existing one all three must be there.')
param virtualNetworkNewOrExisting string = 'existing'
param virtualNetworkName string

@description('Resource group of the virtual network, in this subscription.')
param virtualNetworkResourceGroup string = resourceGroup().name

@description('Of a new network only.')
param virtualNetworkAddressPrefix string = '10.20.0.0/24'

@description('Subnet for the private endpoint to Zilliz. It must not be delegated.')
param connectionSubnetName string
param connectionSubnetPrefix string = '10.20.0.0/26'

@description('Subnet for the app alone, delegated to Microsoft.App/environments, /27 or larger.')
param integrationSubnetName string = ''
param integrationSubnetPrefix string = '10.20.0.64/27'

@description('Subnet for the private endpoints of the app\'s storage.')
param endpointSubnetName string = ''
param endpointSubnetPrefix string = '10.20.0.96/28'

@description('Network security group of the subnets of a new network, as a resource ID. Empty: one is made.')
param networkSecurityGroupId string = ''

@description('Route table of the subnets of a new network, as a resource ID.')
param routeTableId string = ''

@description('Resource group of privatelink zones that are linked to the network already (a hub), as a resource ID. `none`: a policy makes the records.')
param privateLinkZonesResourceGroupId string = ''

@description('Resource group for the private DNS zone (a hub\'s, also in another subscription), as a resource ID. Empty: the network\'s.')
param zoneResourceGroupId string = ''

// ---- Zilliz Cloud ----

@description('The Zilliz project that callers may name.')
param zillizProjectId string

@description('The Zilliz region of the clusters, e.g. az-eastus2.')
param zillizRegionId string

@secure()
@description('API key of Zilliz Cloud. It goes into the vault and nowhere else. Empty: put it there later.')
param zillizApiKey string = ''

@description('When the key is to be rotated; policies of landing zones ask for 90 days at most.')
param zillizApiKeyExpires string = dateTimeAdd(utcNow(), 'P89D')

// ---- the connection ----

@description('Whether the app connects the network by itself, with its first sweep. Without a key or a role yet it tries for a day.')
param connect bool = false

@description('`per-cluster`: a zone for each cluster, so that no other name of the region is hidden.')
param zoneLayout 'regional' | 'per-cluster' = 'regional'

@description('`refuse` ends the run before it writes anything, when names that resolve today would no longer do so.')
param hiddenNames 'refuse' | 'warn' = 'refuse'

// ---- the app ----

@description('`none` leaves roles to others; `plan` reads; `connect` creates; `disconnect` also takes down.')
param accessMode 'none' | 'plan' | 'connect' | 'disconnect' = 'disconnect'

@description('`built-in` assigns roles of Azure, which are wider, for those who may assign roles but not define any.')
param accessRoles 'custom' | 'built-in' = 'custom'

@description('Where the app looks for existing endpoints, zones, rules and routes: in the subscription, or in the named groups only.')
param discovery 'subscription' | 'groups' = 'subscription'

@description('Address of a release ZIP. Empty: the app is empty, and the events wait, until code is deployed.')
param packageUri string = ''

@allowed(['function-key', 'entra'])
param authMode string = 'function-key'

@description('Application ID URI or client ID that tokens must be issued for. Needed with authMode=entra.')
param entraAudience string = ''

@description('Always-ready instances of the durable group; Microsoft asks for one.')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = 1

@description('Whether there is a topic on which a pipeline announces clusters.')
param eventTopic bool = true

@allowed(['CloudEventSchemaV1_0', 'EventGridSchema'])
param eventSchema string = 'CloudEventSchemaV1_0'

@description('Object ID of the pipeline that announces clusters.')
param eventSenderPrincipalId string = ''

@description('Object ID of the person who puts and rotates the API key: the one who deploys.')
param keyOfficerPrincipalId string = deployer().objectId

@allowed(['User', 'Group', 'ServicePrincipal'])
param keyOfficerPrincipalType string = 'User'

@description('Whether the vault is open to the public network, for identities with a role. Always so without virtualNetworkIntegration.')
param vaultPublicNetworkAccess bool = false

@description('Spreads plan and storage over the zones of the region.')
param zoneRedundant bool = false

@description('True when a vault of this deployment was deleted less than 90 days ago.')
param recoverVault bool = false

@description('Recipient of alerts. Empty: they fire without a message.')
param alertEmail string = ''

var connectRequest = {
  projectId: zillizProjectId
  regionId: zillizRegionId
  subnetId: '${networkId}/subnets/${connectionSubnetName}'
  clusters: 'all'
}
var declaredDns = union(
  { layout: zoneLayout, hiddenNames: hiddenNames },
  empty(zoneResourceGroupId) ? {} : { zoneResourceGroupId: zoneResourceGroupId }
)
var token = uniqueString(resourceGroup().id)
var allTags = union({ application: 'private-link-for-zilliz-cloud' }, tags)
var namedNetworkId = resourceId(virtualNetworkResourceGroup, 'Microsoft.Network/virtualNetworks', virtualNetworkName)
var refusal = refusalOf({
  virtualNetworkId: namedNetworkId
  endpointResourceGroupId: namedNetworkId
  resourceGroupIds: [
    zoneResourceGroupId
    privateLinkZonesResourceGroupId == 'none' ? '' : privateLinkZonesResourceGroupId
  ]
  linkedNetworkIds: []
  integrationSubnetName: integrationSubnetName
  integration: virtualNetworkIntegration
  private: network == 'private'
  authMode: authMode
  entraAudience: entraAudience
})
var networkId = empty(refusal) ? namedNetworkId : fail(refusal)
var endpointGroupId = resourceGroupIdOf(networkId)
var zoneGroupId = empty(zoneResourceGroupId) ? endpointGroupId : zoneResourceGroupId
var mode = accessMode == 'disconnect' ? 'disconnect' : accessMode == 'connect' ? 'connect' : 'plan'
var names = namesOf(token)

// Subnets are made together with a new network only; in an existing one they are the form's choice and stay as they are.
module newNetwork '../network.bicep' = if (virtualNetworkNewOrExisting == 'new') {
  name: 'zilliz-network-${token}'
  scope: resourceGroup(virtualNetworkResourceGroup)
  params: {
    virtualNetworkName: virtualNetworkName
    location: location
    tags: allTags
    addressPrefix: virtualNetworkAddressPrefix
    connectionSubnetName: connectionSubnetName
    connectionSubnetPrefix: connectionSubnetPrefix
    endpointSubnetName: endpointSubnetName
    endpointSubnetPrefix: empty(endpointSubnetName) ? '' : endpointSubnetPrefix
    integrationSubnetName: integrationSubnetName
    integrationSubnetPrefix: empty(integrationSubnetName) ? '' : integrationSubnetPrefix
    networkSecurityGroupId: networkSecurityGroupId
    routeTableId: routeTableId
  }
}

module workflow '../modules/workflow.bicep' = {
  name: 'workflow'
  params: {
    location: location
    tags: allTags
    token: token
    network: {
      integration: virtualNetworkIntegration
      private: network == 'private'
      virtualNetworkId: networkId
      integrationSubnetName: integrationSubnetName
      endpointSubnetName: endpointSubnetName
      privateLinkZonesResourceGroupId: privateLinkZonesResourceGroupId
    }
    access: {
      allowedProjects: zillizProjectId
      allowedScopes: allowedScopesOf([endpointGroupId, zoneGroupId], [networkId])
    }
    hosting: {
      instanceMemoryMB: 512
      maximumInstanceCount: 40
      alwaysReadyInstances: alwaysReadyInstances
      zoneRedundant: zoneRedundant
      storageSku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    }
    monitoring: { retentionInDays: 30, dailyQuotaGb: 1, alertEmail: alertEmail }
    events: {
      topic: eventTopic
      inputSchema: eventSchema
      senderPrincipalId: eventSenderPrincipalId
      senderPrincipalType: 'ServicePrincipal'
    }
    vault: {
      secretName: apiKeySecret
      publicNetworkAccess: vaultPublicNetworkAccess
      recover: recoverVault
      keyOfficerPrincipalId: keyOfficerPrincipalId
      keyOfficerPrincipalType: keyOfficerPrincipalType
    }
    app: {
      authMode: authMode
      entraTenantId: authMode == 'entra' ? tenant().tenantId : ''
      entraAudience: entraAudience
      zillizApiUrl: 'https://api.cloud.zilliz.com'
      sweepSchedule: '0 */15 * * * *'
      recordRemovalDelayHours: 24
      connections: connect ? string([union(connectRequest, { dns: declaredDns })]) : ''
      settings: {}
    }
  }
  dependsOn: [newNetwork]
}

module apiKey '../key.bicep' = if (!empty(zillizApiKey)) {
  name: 'api-key'
  params: { vaultName: names.vault, secretName: apiKeySecret, value: zillizApiKey, expires: zillizApiKeyExpires }
  dependsOn: [workflow]
}

// Once in each subscription: the network's, and the zone's where it is another one.
module roles '../access.bicep' = [
  for subscriptionId in (accessMode == 'none' ? [] : union([split(networkId, '/')[2]], [split(zoneGroupId, '/')[2]])): {
    name: 'zilliz-access-${token}'
    scope: subscription(subscriptionId)
    params: {
      // Part of the names on purpose: assignments outside our resource group outlive it, and one of an earlier identity must not be
      // met again under the same name. what-if shows them less precisely for it.
      #disable-next-line what-if-short-circuiting
      principalId: workflow.outputs.identityPrincipalId
      mode: mode
      suffix: token
      endpointResourceGroupId: endpointGroupId
      zoneResourceGroupId: zoneGroupId
      virtualNetworkIds: [networkId]
      roles: accessRoles
      discovery: discovery
    }
  }
]

module code '../modules/code.bicep' = if (!empty(packageUri)) {
  name: 'code'
  params: { functionAppName: names.functionApp, packageUri: packageUri }
  dependsOn: [workflow]
}

// Refused until the function is there: after the code, and not at all without it.
module events '../events.bicep' = if (eventTopic && !empty(packageUri)) {
  name: 'events'
  params: {
    topicName: names.topic
    functionAppName: names.functionApp
    storageName: names.storage
    deadLetterContainerName: deadLetterContainer
    eventSchema: eventSchema
    queueName: workflow.outputs.eventQueueName
  }
  dependsOn: [code]
}

output apiUrl string = workflow.outputs.apiUrl
output consoleUrl string = workflow.outputs.consoleUrl
output functionAppName string = names.functionApp
output vaultName string = names.vault
output secretName string = apiKeySecret
output appPrincipalId string = workflow.outputs.identityPrincipalId

@description('Body for POST /api/connections, or for Test/Run of the function in the portal.')
output connectRequest object = connectRequest
