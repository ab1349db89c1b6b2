// The two subnets that the app needs in the network of the applications: one of its own to come in by, one for its private endpoints.
// Run in the network's resource group. An empty prefix says that the subnet is there already. A subnet that is there is never put: a
// PUT without its network security group and routes takes them off. azd's preprovision hook (../hooks/subnets.mjs) empties the
// prefixes of those; `onlyIfNotExists` says the same to Azure, for deployments that run no hook.

param virtualNetworkName string
param integrationSubnetName string
param integrationSubnetPrefix string
param endpointSubnetName string
param endpointSubnetPrefix string

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: virtualNetworkName
}

@onlyIfNotExists()
resource integration 'Microsoft.Network/virtualNetworks/subnets@2025-07-01' = if (!empty(integrationSubnetPrefix)) {
  parent: virtualNetwork
  name: integrationSubnetName
  properties: {
    addressPrefix: integrationSubnetPrefix
    delegations: [
      { name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }
    ]
  }
}

@onlyIfNotExists()
resource endpoints 'Microsoft.Network/virtualNetworks/subnets@2025-07-01' = if (!empty(endpointSubnetPrefix)) {
  parent: virtualNetwork
  name: endpointSubnetName
  properties: {
    addressPrefix: endpointSubnetPrefix
    privateEndpointNetworkPolicies: 'Enabled'
  }
  // A network takes one change at a time.
  dependsOn: [integration]
}

output integrationSubnetId string = '${virtualNetwork.id}/subnets/${integrationSubnetName}'
output endpointSubnetId string = '${virtualNetwork.id}/subnets/${endpointSubnetName}'
