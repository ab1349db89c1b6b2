// One page for the operator: connections, runs, phases, failures, sweeps, drift.

param location string
param tags object
param workspaceName string

@description('Address of the console, for a link to each connection.')
param consoleUrl string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

var sections = [
  {
    title: 'Connections, as the last sync read them'
    query: replace(loadTextContent('../monitoring/workbook/connections.kql'), '{console}', consoleUrl)
    visualization: 'table'
  }
  {
    title: 'Runs by workflow and outcome'
    query: loadTextContent('../monitoring/workbook/runs.kql')
    visualization: 'table'
  }
  { title: 'Time in each phase', query: loadTextContent('../monitoring/workbook/phases.kql'), visualization: 'table' }
  {
    title: 'Failed steps by code'
    query: loadTextContent('../monitoring/workbook/failures.kql')
    visualization: 'table'
  }
  { title: 'Sweeps', query: loadTextContent('../monitoring/workbook/sweeps.kql'), visualization: 'timechart' }
  { title: 'Open drift', query: loadTextContent('../monitoring/workbook/drift.kql'), visualization: 'table' }
]

var content = {
  version: 'Notebook/1.0'
  items: concat(
    [
      {
        type: 9
        name: 'range'
        content: {
          version: 'KqlParameterItem/1.0'
          style: 'pills'
          parameters: [
            {
              id: guid(workspace.id, 'range')
              version: 'KqlParameterItem/1.0'
              name: 'TimeRange'
              label: 'Time range'
              type: 4
              value: { durationMs: 604800000 }
              typeSettings: {
                selectableValues: [{ durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }]
                allowCustom: true
              }
            }
          ]
        }
      }
    ],
    map(sections, section => {
      type: 3
      name: section.title
      content: {
        version: 'KqlItem/1.0'
        title: section.title
        query: section.query
        visualization: section.visualization
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        crossComponentResources: [workspace.id]
        gridSettings: {
          formatters: [
            { columnMatch: '^console$', formatter: 7, formatOptions: { linkTarget: 'Url', linkLabel: 'Open' } }
          ]
        }
      }
    })
  )
  fallbackResourceIds: [workspace.id]
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'private-link-for-zilliz-cloud')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Private Link for Zilliz Cloud'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: string(content)
  }
}
