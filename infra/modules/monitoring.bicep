// Where logs and traces go. Nothing is accepted with an instrumentation key: only identities with a role may write.

param location string
param tags object
param workspaceName string
param componentName string

@minValue(30)
@maxValue(730)
param retentionInDays int

@description('Daily cap of ingestion in GB. Beyond it telemetry is lost until the next day, and the alerts are blind.')
param dailyQuotaGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

output workspaceId string = workspace.id
@description('Names the endpoint only: with local authentication off it opens nothing.')
output connectionString string = component.properties.ConnectionString
