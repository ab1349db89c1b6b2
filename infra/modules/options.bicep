// What a deployment can be told, by topic. ../main.bicep and ../portal/main.bicep fill it from their parameters.

@export()
@description('The network of the applications, and how the app comes into it.')
type networkOptions = {
  @description('Off: `verification` says "not verifiable from here", and storage stays on the public network, closed to keys.')
  integration: bool
  virtualNetworkId: string
  integrationSubnetName: string
  @description('Free range for the app, /27 or larger. Empty: the subnet is there, delegated to Microsoft.App/environments, and left as it is.')
  integrationSubnetPrefix: string
  endpointSubnetName: string
  @description('Free range for the private endpoints of storage and vault, /28 or larger. Empty: the subnet is there, and left as it is.')
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
