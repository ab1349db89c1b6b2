// How scopes follow from each other, and which combinations are refused; main.bicep and portal/main.bicep must agree on it.

@export()
@description('`/subscriptions/…/resourceGroups/…` of a resource ID; empty for an empty one.')
func resourceGroupIdOf(resourceId string) string => empty(resourceId) ? '' : join(take(split(resourceId, '/'), 5), '/')

@export()
@description('ALLOWED_SCOPES as narrow as the roles: the groups of endpoint and zone, and the networks.')
func allowedScopesOf(groupIds string[], networkIds string[]) string => join(union(groupIds, networkIds), ',')

@export()
@description('The parts of a comma-separated list, without spaces around them.')
func listOf(text string) string[] => filter(map(split(text, ','), part => trim(part)), part => !empty(part))

@export()
type combination = {
  virtualNetworkId: string
  endpointResourceGroupId: string
  @description('All that name a resource group; empty ones are not asked for.')
  resourceGroupIds: string[]
  linkedNetworkIds: string[]
  integrationSubnetName: string
  integration: bool
  private: bool
  authMode: string
  entraAudience: string
}

@export()
@description('Why a combination of parameters cannot work; empty when it can.')
func refusalOf(asked combination) string =>
  length(split(asked.virtualNetworkId, '/')) != 9
    ? 'virtualNetworkId must be the resource ID of the virtual network of the applications, also when others assign the roles: the app may write in its scopes only.'
    : !empty(filter(asked.resourceGroupIds, id => !empty(id) && length(split(id, '/')) != 5))
        ? 'endpointResourceGroupId, zoneResourceGroupId and privateLinkZonesResourceGroupId must be resource IDs, /subscriptions/…/resourceGroups/…: a name alone does not say in which subscription.'
        : !empty(filter(asked.linkedNetworkIds, id => length(split(id, '/')) != 9))
            ? 'linkedNetworkIds must be resource IDs of virtual networks, comma-separated.'
            : toLower(split('${asked.endpointResourceGroupId}//', '/')[2]) != toLower(split(asked.virtualNetworkId, '/')[2])
                ? 'endpointResourceGroupId is in another subscription than the virtual network: Azure refuses a private endpoint there.'
                : asked.private && !asked.integration
                    ? 'network=private needs virtualNetworkIntegration=true: the app reaches its own storage and vault through the network.'
                    : asked.integration && contains(asked.integrationSubnetName, '_')
                        ? 'integrationSubnetName has an underscore: Flex Consumption takes no such subnet.'
                        : asked.authMode == 'entra' && empty(asked.entraAudience)
                            ? 'entraAudience is missing: authMode=entra accepts only tokens that are issued for it.'
                            : ''
