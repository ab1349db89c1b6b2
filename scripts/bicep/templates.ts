/** Each template and where its compiled form is committed: what `npm run infra:build` writes and the tests read. */
export const templates = {
  network: { source: 'infra/network.bicep', compiled: 'infra/compiled/network.json' },
  main: { source: 'infra/main.bicep', compiled: 'infra/compiled/main.json' },
  key: { source: 'infra/key.bicep', compiled: 'infra/compiled/key.json' },
  events: { source: 'infra/events.bicep', compiled: 'infra/compiled/events.json' },
  access: { source: 'infra/access.bicep', compiled: 'infra/compiled/access.json' },
  portal: { source: 'infra/portal/main.bicep', compiled: 'infra/portal/azuredeploy.json' },
} as const;
