// The Zilliz API key, from the deploy form straight into the vault. Deployments keep no secure parameter in their history.

param vaultName string
param secretName string

@secure()
param value string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource apiKey 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: secretName
  properties: { value: value, contentType: 'Zilliz Cloud API key' }
}
