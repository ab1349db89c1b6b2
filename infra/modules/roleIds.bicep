// Every built-in role that is assigned anywhere, in one place. Custom roles are in ../roles.

@export()
@description('Microsoft: "Storage Blob Data Owner". The Functions host keeps its leases, keys and the package there.')
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
@description('Microsoft: "Storage Blob Data Contributor". For the topic, on the dead-letter container alone.')
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

@export()
@description('Microsoft: "Storage Queue Data Contributor". Durable Functions passes its messages there.')
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'

@export()
@description('Microsoft: "Storage Table Data Contributor". Durable Functions keeps its history there.')
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

@export()
@description('Microsoft: "Key Vault Secrets User". Reads secrets and nothing else.')
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

@export()
@description('Microsoft: "Key Vault Secrets Officer". For the person who puts and rotates the Zilliz API key.')
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

@export()
@description('Microsoft: "Monitoring Metrics Publisher". Sends telemetry with Entra ID instead of an instrumentation key.')
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

@export()
@description('Microsoft: "EventGrid Data Sender". For the pipeline that announces clusters.')
var eventGridDataSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'

@export()
@description('Microsoft: "Storage Queue Data Message Sender". For the topic, on the queue of the cluster events alone.')
var storageQueueDataMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

@export()
@description('Microsoft: "Reader". Instead of the custom roles that read.')
var reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

@export()
@description('Microsoft: "Network Contributor". Instead of the custom roles on the endpoint\'s group and on networks.')
var networkContributor = '4d97b98b-1d4f-4cd7-a070-1b53deffe4b7'

@export()
@description('Microsoft: "Private DNS Zone Contributor". Instead of the custom role on the zone\'s group.')
var privateDnsZoneContributor = 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'

@export()
@description('Microsoft: "Tag Contributor". The marks on endpoints, zones and links are tags.')
var tagContributor = '4a9ae827-6dc8-4573-8ac7-8239d42aa03f'
