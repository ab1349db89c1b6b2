// The topic on which a pipeline announces clusters. The subscription is apart (../events.bicep): it needs the function's code.

import { eventGridDataSender, storageBlobDataContributor, storageQueueDataMessageSender } from 'roleIds.bicep'

param location string
param tags object
param name string

@allowed(['CloudEventSchemaV1_0', 'EventGridSchema'])
param inputSchema string
param storageName string
param deadLetterContainerName string

@description('Queue that the topic delivers to. Empty: the function itself.')
param eventQueueName string
param publicNetworkAccess bool
param workspaceId string

@description('Object ID of the pipeline that announces clusters. Empty: no one may publish yet.')
param senderPrincipalId string

@allowed(['User', 'Group', 'ServicePrincipal'])
param senderPrincipalType string

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  // A storage account behind a firewall takes dead letters from the system-assigned identity only.
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: inputSchema
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
  }
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' existing = {
      name: deadLetterContainerName
    }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource clusterEvents 'queues' existing = {
      name: empty(eventQueueName) ? 'none' : eventQueueName
    }
  }
}

resource writesDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::deadLetters.id, topic.id, storageBlobDataContributor)
  scope: storage::blobs::deadLetters
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

resource writesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(eventQueueName)) {
  name: guid(storage::queues::clusterEvents.id, topic.id, storageQueueDataMessageSender)
  scope: storage::queues::clusterEvents
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataMessageSender)
  }
}

resource sender 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(senderPrincipalId)) {
  name: guid(topic.id, senderPrincipalId, eventGridDataSender)
  scope: topic
  properties: {
    principalId: senderPrincipalId
    principalType: senderPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventGridDataSender)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'DeliveryFailures', enabled: true }
      { category: 'PublishFailures', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = topic.id
output endpoint string = topic.properties.endpoint
