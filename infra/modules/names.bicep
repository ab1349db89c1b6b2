// Names of what the deployment makes. Computed, not taken from outputs, so that what-if sees through them.

@export()
type names = {
  workspace: string
  component: string
  storage: string
  vault: string
  identity: string
  plan: string
  functionApp: string
  topic: string
}

@export()
@description('All names from one token of 13 lower-case letters and digits.')
func namesOf(token string) names => {
  workspace: 'log-zilliz-private-link-${token}'
  component: 'appi-zilliz-private-link-${token}'
  storage: 'stzpl${token}'
  vault: 'kv-zpl-${token}'
  identity: 'id-zilliz-private-link-${token}'
  plan: 'plan-zilliz-private-link-${token}'
  functionApp: 'func-zilliz-private-link-${token}'
  topic: 'evgt-zilliz-clusters-${token}'
}

@export()
@description('Container for events that could not be delivered.')
var deadLetterContainer = 'event-dead-letters'

@export()
@description('Queue of the cluster events, where the topic is closed to the public network.')
var eventQueue = 'cluster-events'

@export()
@description('Default name of the secret with the Zilliz API key.')
var apiKeySecret = 'zilliz-api-key'
