// A virtual network for a first try, when the deploy form is told to make one. Real applications have theirs already.
// Deployed again, it leaves a network of that name alone: a PUT would take off what was added to its subnets, and remove further ones.

param location string
param tags object
param name string
param addressPrefix string
@description('Without a name when the app stays outside; so is the next.')
param integrationSubnet subnet
param endpointSubnet subnet
param connectionSubnet subnet

@export()
type subnet = {
  name: string
  prefix: string
}

@onlyIfNotExists()
resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: concat(
      [{ name: connectionSubnet.name, properties: { addressPrefix: connectionSubnet.prefix } }],
      empty(endpointSubnet.name)
        ? []
        : [{ name: endpointSubnet.name, properties: { addressPrefix: endpointSubnet.prefix } }],
      empty(integrationSubnet.name)
        ? []
        : [
            {
              name: integrationSubnet.name
              properties: {
                addressPrefix: integrationSubnet.prefix
                delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
              }
            }
          ]
    )
  }
}
