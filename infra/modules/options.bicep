// The options of a deployment, by topic. ../main.bicep and ../portal/main.bicep fill it from their parameters.

@export()
@description('The network of the applications, and how the app comes into it.')
type networkOptions = {
  @description('Off: `verification` says "not verifiable from here", and storage stays on the public network, closed to keys.')
  integration: bool
  @description('App, topic, vault and storage are reachable from the network only; events come over a storage queue.')
  private: bool
  virtualNetworkId: string
  @description('Exists already (../network.bicep), delegated to Microsoft.App/environments.')
  integrationSubnetName: string
  @description('Exists already (../network.bicep).')
  endpointSubnetName: string
  @description('Resource group of existing privatelink zones, linked to the network. Empty: zones of our own. `none`: a policy makes the records.')
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
  zoneRedundant: bool
  storageSku: 'Standard_LRS' | 'Standard_ZRS'
}

@export()
type monitoringOptions = {
  retentionInDays: int
  dailyQuotaGb: int
  @description('Recipient of alerts. Empty: the alerts fire without a message.')
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
  @description('Connections that the first sweep starts: a JSON list of request bodies.')
  connections: string
  @description('Any setting of docs/reference/settings.md by its name; it wins over what is computed here. Never a secret.')
  settings: object
}
