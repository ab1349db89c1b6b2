// The subnets that do not exist yet, in the group of the virtual network. Deployed before main.bicep: by azd's hook, by a person, or
// nested in the portal's template. It is a deployment of its own, so that `azd down` never sees what it made.
// A subnet that exists is never put: its prefix stays empty, and `onlyIfNotExists` is the second guard.

param virtualNetworkName string

@description('Region of the virtual network.')
param location string = resourceGroup().location

@description('Empty: the network exists. Otherwise it is made with this range and the subnets below.')
param addressPrefix string = ''
param tags object = {}

@description('Subnet of the app, delegated to Microsoft.App/environments.')
param integrationSubnetName string = 'snet-zilliz-private-link-app'

@description('Free range for the app, /27 or larger. Empty: the subnet exists or is not needed.')
param integrationSubnetPrefix string = ''

@description('Subnet of the private endpoints of the app\'s own storage, vault, topic and site.')
param endpointSubnetName string = 'snet-zilliz-private-link-storage'

@description('Free range for them, /28 or larger. Empty: the subnet exists or is not needed.')
param endpointSubnetPrefix string = ''

@description('Subnet of the private endpoint to Zilliz Cloud.')
param connectionSubnetName string = 'snet-zilliz-private-link'

@description('Free range for it. Empty: the subnet exists, or another one is used.')
param connectionSubnetPrefix string = ''

@description('Network security group of the new subnets, as a resource ID. Empty: one is made.')
param networkSecurityGroupId string = ''

@description('Route table of the new subnets, as a resource ID. Empty: none.')
param routeTableId string = ''

var subnets = filter(
  [
    { name: connectionSubnetName, prefix: connectionSubnetPrefix, ofTheApp: false }
    { name: endpointSubnetName, prefix: endpointSubnetPrefix, ofTheApp: false }
    { name: appSubnetName, prefix: integrationSubnetPrefix, ofTheApp: true }
  ],
  subnet => !empty(subnet.prefix)
)
var appSubnetName = contains(integrationSubnetName, '_')
  ? fail('Flex Consumption takes no subnet with an underscore in its name: ${integrationSubnetName}')
  : integrationSubnetName
var ownGroup = empty(networkSecurityGroupId) && !empty(subnets)
var groupId = ownGroup ? securityGroup.id : networkSecurityGroupId

// The rules that Azure sets itself let the network's own traffic through; this one holds where a policy adds a rule that does not.
@onlyIfNotExists()
resource securityGroup 'Microsoft.Network/networkSecurityGroups@2025-07-01' = if (ownGroup) {
  name: 'nsg-zilliz-private-link-${uniqueString(virtualNetworkName)}'
  location: location
  tags: tags
  properties: {
    securityRules: empty(integrationSubnetPrefix) || empty(endpointSubnetPrefix)
      ? []
      : [
          {
            name: 'app-to-its-private-endpoints'
            properties: {
              access: 'Allow'
              direction: 'Inbound'
              priority: 200
              protocol: 'Tcp'
              sourceAddressPrefix: integrationSubnetPrefix
              sourcePortRange: '*'
              destinationAddressPrefix: endpointSubnetPrefix
              destinationPortRange: '443'
            }
          }
        ]
  }
}

var described = map(subnets, subnet => {
  name: subnet.name
  properties: union(
    { addressPrefix: subnet.prefix, networkSecurityGroup: { id: groupId } },
    empty(routeTableId) ? {} : { routeTable: { id: routeTableId } },
    subnet.ofTheApp
      ? { delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }] }
      : { defaultOutboundAccess: false }
  )
})

@onlyIfNotExists()
resource newNetwork 'Microsoft.Network/virtualNetworks@2025-07-01' = if (!empty(addressPrefix)) {
  name: virtualNetworkName
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: described
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: virtualNetworkName
}

// One after the other: a network refuses two changes at once.
@batchSize(1)
@onlyIfNotExists()
resource newSubnets 'Microsoft.Network/virtualNetworks/subnets@2025-07-01' = [
  for subnet in described: if (empty(addressPrefix)) {
    parent: network
    name: subnet.name
    properties: subnet.properties
  }
]
