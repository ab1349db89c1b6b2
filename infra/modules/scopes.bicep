// How scopes follow from each other; main.bicep and portal/main.bicep must agree on it.

@export()
@description('`/subscriptions/…/resourceGroups/…` of a resource ID; empty for an empty one.')
func resourceGroupIdOf(resourceId string) string => empty(resourceId) ? '' : join(take(split(resourceId, '/'), 5), '/')

@export()
@description('ALLOWED_SCOPES as narrow as the roles: the groups of endpoint and zone, and the networks.')
func allowedScopesOf(groupIds string[], networkIds string[]) string => join(union(groupIds, networkIds), ',')
