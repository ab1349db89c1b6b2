// The template behind the "Deploy to Azure" button: the same modules as ../main.bicep, into one resource group, with the code and the
// API key. `npm run infra:build` compiles it to azuredeploy.json; createUiDefinition.json is its form.

import { apiKeySecret, deadLetterContainer, namesOf } from '../modules/names.bicep'
import { allowedScopesOf, resourceGroupIdOf } from '../modules/scopes.bicep'

@description('Region of the app and of the virtual network.')
param location string = resourceGroup().location
param tags object = {}

// ---- the network of the applications ----

@description('Whether the app comes into the virtual network, so that the proof sees what applications see.')
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

@description('Resource group of privatelink zones that are linked to the network already (a hub), as a resource ID.')
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

// ---- the app ----

@description('`none` leaves roles to others; `plan` reads; `connect` creates; `disconnect` also takes down.')
param accessMode 'none' | 'plan' | 'connect' | 'disconnect' = 'disconnect'

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

@description('Object ID of whoever puts and rotates the API key: the one who deploys.')
param keyOfficerPrincipalId string = deployer().objectId

@allowed(['User', 'Group', 'ServicePrincipal'])
param keyOfficerPrincipalType string = 'User'

@description('True when a vault of this deployment was deleted less than 90 days ago.')
param recoverVault bool = false

@description('Who hears of alerts. Empty: they fire and tell nobody.')
param alertEmail string = ''

var token = uniqueString(resourceGroup().id)
var allTags = union({ application: 'private-link-for-zilliz-cloud' }, tags)
var networkId = resourceId(virtualNetworkResourceGroup, 'Microsoft.Network/virtualNetworks', virtualNetworkName)
var endpointGroupId = resourceGroupIdOf(networkId)
var zoneGroupId = empty(zoneResourceGroupId) ? endpointGroupId : zoneResourceGroupId
var mode = accessMode == 'disconnect' ? 'disconnect' : accessMode == 'connect' ? 'connect' : 'plan'
var names = namesOf(token)

module newNetwork '../modules/newNetwork.bicep' = if (virtualNetworkNewOrExisting == 'new') {
  name: 'new-network'
  scope: resourceGroup(virtualNetworkResourceGroup)
  params: {
    location: location
    tags: allTags
    name: virtualNetworkName
    addressPrefix: virtualNetworkAddressPrefix
    connectionSubnet: { name: connectionSubnetName, prefix: connectionSubnetPrefix }
    endpointSubnet: { name: endpointSubnetName, prefix: endpointSubnetPrefix }
    integrationSubnet: { name: integrationSubnetName, prefix: integrationSubnetPrefix }
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
      virtualNetworkId: networkId
      integrationSubnetName: integrationSubnetName
      // No prefix: no subnet is put, neither in an existing network nor a second time in the new one.
      integrationSubnetPrefix: ''
      endpointSubnetName: endpointSubnetName
      endpointSubnetPrefix: ''
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
      storageSku: 'Standard_LRS'
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
      publicNetworkAccess: true
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
      settings: {}
    }
  }
  dependsOn: [newNetwork]
}

module apiKey '../modules/vaultSecret.bicep' = if (!empty(zillizApiKey)) {
  name: 'api-key'
  params: { vaultName: names.vault, secretName: apiKeySecret, value: zillizApiKey }
  dependsOn: [workflow]
}

module roles '../access.bicep' = if (accessMode != 'none') {
  name: 'access-${token}'
  scope: subscription()
  params: {
    // Part of the names on purpose, see ../main.bicep.
    #disable-next-line what-if-short-circuiting
    principalId: workflow.outputs.identityPrincipalId
    mode: mode
    suffix: token
    endpointResourceGroupId: endpointGroupId
    zoneResourceGroupId: zoneGroupId
    virtualNetworkIds: [networkId]
  }
}

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
  }
  dependsOn: [code]
}

output apiUrl string = workflow.outputs.apiUrl
output functionAppName string = names.functionApp
output vaultName string = names.vault
output secretName string = apiKeySecret
output appPrincipalId string = workflow.outputs.identityPrincipalId

@description('Body for POST /api/connections, or for Test/Run of the function in the portal.')
output connectRequest object = {
  projectId: zillizProjectId
  regionId: zillizRegionId
  subnetId: '${networkId}/subnets/${connectionSubnetName}'
  clusters: 'all'
}
