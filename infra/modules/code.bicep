// Puts a released package into the app, from its public address: for a deployment without any tool on the machine.

param functionAppName string

@description('Address of the release ZIP (docs/how-to/deploy-other-ways.md).')
param packageUri string

resource site 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource package 'Microsoft.Web/sites/extensions@2024-11-01' = {
  parent: site
  name: 'onedeploy'
  // The published types know this resource by its name only; Microsoft documents both properties.
  #disable-next-line BCP187
  properties: { packageUri: packageUri, remoteBuild: false }
}
