// A virtual network for a first try, when the deploy form is told to make one. Real applications have theirs already.

param location string
param tags object
param name string
param addressPrefix string
param integrationSubnet subnet
param endpointSubnet subnet
param connectionSubnet subnet

@export()
type subnet = {
  name: string
  prefix: string
}

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      { name: connectionSubnet.name, properties: { addressPrefix: connectionSubnet.prefix } }
      { name: endpointSubnet.name, properties: { addressPrefix: endpointSubnet.prefix } }
      {
        name: integrationSubnet.name
        properties: {
          addressPrefix: integrationSubnet.prefix
          delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}
