// The Zilliz API key as a secret of the vault, written by Azure Resource Manager: this needs a role on the vault's resource group and no
// way into the network, so it also works where the vault is closed. Deployments keep no secure parameter in their history.

param vaultName string
param secretName string = 'zilliz-api-key'

@secure()
param value string

@description('When the key is to be rotated. Policies of landing zones ask for 90 days at most; the app reads an expired key all the same.')
param expires string = dateTimeAdd(utcNow(), 'P89D')

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource apiKey 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: secretName
  properties: {
    value: value
    contentType: 'text/plain; Zilliz Cloud API key'
    attributes: { enabled: true, exp: dateTimeToEpoch(expires) }
  }
}
