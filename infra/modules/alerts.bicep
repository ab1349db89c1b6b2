// One alert for each way in which the work stops without notice. The queries are tested against the table schemas.

param location string
param tags object
param token string
param workspaceId string

@description('Empty: the alerts fire without a message.')
param email string

@description('Whether events come over a storage queue, which has a poison queue.')
param eventQueue bool

var facts = filter(loadJsonContent('../monitoring/alerts.json'), alert => eventQueue || alert.name != 'events-poisoned')
var queries = {
  'run-failed': loadTextContent('../monitoring/alerts/run-failed.kql')
  'phase-stuck': loadTextContent('../monitoring/alerts/phase-stuck.kql')
  'drift-found': loadTextContent('../monitoring/alerts/drift-found.kql')
  'connection-status': loadTextContent('../monitoring/alerts/connection-status.kql')
  'sweep-missing': loadTextContent('../monitoring/alerts/sweep-missing.kql')
  'key-rejected': loadTextContent('../monitoring/alerts/key-rejected.kql')
  'role-lost': loadTextContent('../monitoring/alerts/role-lost.kql')
  'events-poisoned': loadTextContent('../monitoring/alerts/events-poisoned.kql')
}

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-zilliz-private-link-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'zillizlink'
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in facts: {
    name: 'alert-${alert.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Private Link for Zilliz Cloud: ${alert.title}'
      description: alert.description
      enabled: true
      severity: alert.severity
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      overrideQueryTimeRange: empty(alert.looksBack) ? null : alert.looksBack
      // The tables come with the first telemetry, which a first deployment precedes.
      skipQueryValidation: true
      autoMitigate: alert.resolvesItself
      criteria: {
        allOf: [
          {
            query: queries[alert.name]
            // An alert of its own for each: one connection that fails for days does not hide the next.
            dimensions: empty(alert.splitBy) ? [] : [{ name: alert.splitBy, operator: 'Include', values: ['*'] }]
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [group.id] }
    }
  }
]
