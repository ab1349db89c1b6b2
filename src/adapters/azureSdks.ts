// Everything that is used of the Azure SDKs at run time. It is bundled into a file of its own, which is loaded with the first
// call of an adapter: otherwise the SDKs are most of what a cold start has to parse.
export { NetworkManagementClient } from '@azure/arm-network';
export { createNetworkManagement } from '@azure/arm-network/api';
export { PrivateDnsManagementClient } from '@azure/arm-privatedns';
export { createDefaultHttpClient } from '@azure/core-rest-pipeline';
export { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
export { SecretClient } from '@azure/keyvault-secrets';
