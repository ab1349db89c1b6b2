// The subscription that brings cluster events to the app: to its function, or to a storage queue where the topic is closed to the
// public network. Azure refuses it until the function is there, so it is run after the code has been deployed (azd does it in a hook).

param topicName string
param functionAppName string
param storageName string
param deadLetterContainerName string

@description('Queue that the events are put into. Empty: the function takes them itself.')
param queueName string = ''

@description('The function with the Event Grid trigger.')
param functionName string = 'clusterEvents'

@allowed(['CloudEventSchemaV1_0', 'EventGridSchema'])
param eventSchema string = 'CloudEventSchemaV1_0'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource site 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

var deadLetterDestination = {
  endpointType: 'StorageBlob'
  properties: { resourceId: storage.id, blobContainerName: deadLetterContainerName }
}
var toFunction = {
  endpointType: 'AzureFunction'
  properties: {
    resourceId: '${site.id}/functions/${functionName}'
    maxEventsPerBatch: 10
    preferredBatchSizeInKilobytes: 64
  }
}
var toQueue = {
  endpointType: 'StorageQueue'
  properties: { resourceId: storage.id, queueName: queueName, queueMessageTimeToLiveInSeconds: 604800 }
}

resource clusters 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'clusters-to-workflow'
  properties: union(
    {
      eventDeliverySchema: eventSchema
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: deadLetterDestination
      }
    },
    // A storage account behind a firewall is open to the topic's system-assigned identity only.
    empty(queueName)
      ? { destination: toFunction }
      : { deliveryWithResourceIdentity: { identity: { type: 'SystemAssigned' }, destination: toQueue } }
  )
}
