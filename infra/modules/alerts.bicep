// One alert for each way in which the work stops without anybody noticing. The queries are tested against the table schemas.

param location string
param tags object
param token string
param workspaceId string

@description('Empty: the alerts fire and tell nobody.')
param email string

var facts = loadJsonContent('../monitoring/alerts.json')
var queries = {
  'run-failed': loadTextContent('../monitoring/alerts/run-failed.kql')
  'phase-stuck': loadTextContent('../monitoring/alerts/phase-stuck.kql')
  'drift-found': loadTextContent('../monitoring/alerts/drift-found.kql')
  'connection-status': loadTextContent('../monitoring/alerts/connection-status.kql')
  'sweep-missing': loadTextContent('../monitoring/alerts/sweep-missing.kql')
  'key-rejected': loadTextContent('../monitoring/alerts/key-rejected.kql')
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
      autoMitigate: alert.resolvesItself
      criteria: {
        allOf: [
          {
            query: queries[alert.name]
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
