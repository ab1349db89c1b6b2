import type { FailureKind } from './failure.ts';

export interface CatalogEntry {
  readonly kind: FailureKind;
  readonly title: string;
  readonly cause: string;
  /** What to correct. What to request after that depends on the verb (remedy.ts). */
  readonly remedy: string;
  /** Another way, for those who set up: not for a disconnect. */
  readonly or?: string;
  /** What follows the correction: the same request again (without a value), a changed request, or nothing. */
  readonly then?: 'request' | 'nothing';
  /** The whole remedy for a verb to which the general one does not apply. */
  readonly by?: Partial<Readonly<Record<Verb, string>>>;
}

/** What was asked of the app: a remedy depends on it. `read` is every other request. */
export const verbs = ['connect', 'reconcile', 'disconnect', 'plan', 'read', 'sync'] as const;

export type Verb = (typeof verbs)[number];

/**
 * Every failure of a request or a run. The problem details and docs/reference/failure-codes.md are generated from this table. A code
 * never changes its meaning; a new meaning gets a new code.
 */
export const failureCatalog = {
  // ---- the request ----
  'invalid-request': {
    kind: 'validation',
    title: 'The request is malformed',
    cause: 'A field is missing, unknown or does not have the right shape.',
    remedy: 'Correct what `errors` lists; the schema is at /api/openapi.json.',
    then: 'request',
    by: {
      reconcile:
        'Correct what `errors` lists; the schema is at /api/openapi.json. Then POST …/reconcile with the corrected body.',
    },
  },
  'method-not-allowed': {
    kind: 'validation',
    title: 'The address does not take this method',
    cause: 'The address exists, and takes the methods of the header `Allow` only.',
    remedy: 'Use a method of the header `Allow`; /api/openapi.json has every route.',
    then: 'nothing',
  },
  'address-not-found': {
    kind: 'validation',
    title: 'There is no such address',
    cause: 'The API has no route with this path.',
    remedy: 'Correct the path; /api/openapi.json has every route.',
    then: 'nothing',
  },
  'request-too-large': {
    kind: 'validation',
    title: 'The request is too large',
    cause:
      'The body of the request has more than 64 kB. The largest request that the API describes has a third of that.',
    remedy: 'Send one connection in each request, without additional content.',
    then: 'request',
    by: { reconcile: 'POST …/reconcile with the few fields that /api/openapi.json describes.' },
  },
  'project-not-allowed': {
    kind: 'rejected',
    title: 'This app may not act for the project',
    cause: 'ALLOWED_PROJECTS of this deployment does not name the project.',
    remedy:
      'Use a deployment that serves the project, or have its operator add the project to ALLOWED_PROJECTS.',
  },
  'scope-not-allowed': {
    kind: 'rejected',
    title: 'This app may not act in the Azure scope',
    cause: 'ALLOWED_SCOPES of this deployment does not cover the resource.',
    remedy: 'Use a deployment that serves the scope, or have its operator add it to ALLOWED_SCOPES.',
  },
  'auto-registration-not-possible': {
    kind: 'rejected',
    title: 'Auto registration does not go with the rest of the request',
    cause:
      'Machines are registered by the link of the network of the private endpoint to the regional zone, and by this request the app creates no such link.',
    remedy:
      'Leave out `dns.autoRegistration`, or use `dns.layout: "regional"` with `dns.manage: true` and name the network of the subnet in `dns.linkedNetworks`.',
    then: 'request',
  },
  'auto-registration-taken': {
    kind: 'conflict',
    title: 'The virtual network cannot register its machines in this zone',
    cause:
      "The request asks for auto registration. Azure allows it for a network in one private DNS zone only, and here another zone has it, or the zone is linked to the network already by a link without it that is not this connection's to change.",
    remedy:
      'Leave out `dns.autoRegistration`, or have the owner of the link in the detail change its auto registration.',
    then: 'request',
  },
  'subscription-differs': {
    kind: 'rejected',
    title: 'The private endpoint and its network are in different subscriptions',
    cause: 'Azure creates a private endpoint only in the subscription and region of its virtual network.',
    remedy:
      'Name a resource group of the subscription of the network in `privateEndpoint.resourceGroup`, or leave it out; or use a subnet in the other subscription.',
    then: 'request',
  },
  'spec-too-large': {
    kind: 'rejected',
    title: 'The request does not fit into the tags of the private endpoint',
    cause:
      'The connection keeps its specification in the tags of its private endpoint, and Azure allows 50 tags of 256 characters.',
    remedy: 'Use `clusters: "all"`, or name fewer clusters, networks or tags.',
    then: 'request',
  },
  'tags-refused': {
    kind: 'rejected',
    title: 'Azure refuses the tags',
    cause:
      'The tags go onto private endpoint, zones and links, and private DNS takes fewer tags, with narrower names. Policies may add tags of their own, which count too.',
    remedy: 'Correct the tags that the detail names, or ask for fewer in `tags`.',
    then: 'request',
  },
  'different-request-running': {
    kind: 'conflict',
    title: 'Another request for this connection is running',
    cause: 'Only one run at a time works on a connection, and the running one has a different request.',
    remedy: 'Wait until the run has ended (GET shows its status), or cancel it (…/cancel).',
  },
  'connection-not-found': {
    kind: 'rejected',
    title: 'There is no such connection',
    cause: 'No run and no private endpoint with this connection ID is known here.',
    remedy: 'Check the ID: GET /api/connections has it, and the tags of the private endpoint.',
    then: 'nothing',
  },
  'not-running': {
    kind: 'conflict',
    title: 'Nothing is running for this connection',
    cause: 'Only a running workflow can be cancelled.',
    remedy: 'Read the connection to see how its run ended.',
    then: 'nothing',
  },
  'not-authenticated': {
    kind: 'permission',
    title: 'The caller is not known',
    cause: 'The request carries no access token, or one that is not valid for this app and tenant.',
    remedy:
      'Get a token for the audience of this app from its tenant, and send it as `Authorization: Bearer`.',
  },
  'role-missing': {
    kind: 'permission',
    title: 'The caller may not do this',
    cause: 'The access token lacks the app role that the route asks for.',
    remedy: 'Have an administrator assign the app role that the detail names, and get a new token.',
  },
  'entra-unavailable': {
    kind: 'transient',
    title: 'Entra ID does not answer properly',
    cause: 'The signing keys of the tenant could not be read, so no token can be checked.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  // ---- Zilliz Cloud ----
  'api-key-missing': {
    kind: 'permission',
    title: 'The Zilliz API key is not in the vault',
    cause:
      'Neither `zilliz-api-key-<projectId>` nor the default secret exists in Key Vault, or it is disabled.',
    remedy: 'Store the key as a secret of that name; no restart is needed.',
  },
  'zilliz-key-rejected': {
    kind: 'permission',
    title: 'Zilliz refuses the API key',
    cause: 'The key is wrong, revoked, or belongs to a person who left.',
    remedy: 'Store a valid key as a new version of the secret; no restart is needed.',
  },
  'zilliz-permission-denied': {
    kind: 'permission',
    title: 'The Zilliz API key lacks a right',
    cause:
      'The key is not scoped to the project, or its role may not manage private endpoints or see clusters.',
    remedy:
      'Store a key whose role is Project Admin of the project (or a custom role with security and cluster view).',
  },
  'project-not-found': {
    kind: 'rejected',
    title: 'Zilliz does not know the project',
    cause: 'The project does not exist, or the key cannot see it.',
    remedy:
      'Use one of the project IDs in the detail; if it is none of them, store a key of the organisation of the project.',
    then: 'request',
  },
  'plan-too-low': {
    kind: 'rejected',
    title: 'The plan of the project has no private link',
    cause: 'Zilliz offers private endpoints with the plans Enterprise and Business Critical.',
    remedy: 'Upgrade the project to the plan Enterprise or Business Critical, in the Zilliz Cloud console.',
  },
  'region-not-offered': {
    kind: 'rejected',
    title: 'Zilliz does not offer the region',
    cause: 'The region ID is not among the Azure regions that Zilliz lists.',
    remedy: 'Use one of the region IDs in the detail.',
    then: 'request',
  },
  'endpoint-quota': {
    kind: 'rejected',
    title: 'The project has its ten private endpoints already',
    cause: 'Zilliz allows 10 private endpoints per project.',
    remedy:
      'Delete a private endpoint that is no longer needed in the console of Zilliz Cloud, or ask its support for more.',
  },
  'cluster-not-found': {
    kind: 'rejected',
    title: 'A cluster does not exist',
    cause: 'Zilliz does not list the cluster, or the key cannot see it.',
    remedy: 'Use one of the cluster IDs in the detail, or leave the cluster out.',
    then: 'request',
  },
  'cluster-not-dedicated': {
    kind: 'rejected',
    title: 'A cluster is not Dedicated',
    cause: 'Private link covers Dedicated clusters only.',
    remedy: 'Leave the cluster out, or move its data to a Dedicated cluster.',
    then: 'request',
  },
  'cluster-elsewhere': {
    kind: 'rejected',
    title: 'A cluster is in another project or region',
    cause: 'One connection serves one project and one region.',
    remedy: 'Leave the cluster out, and connect its project and region with a request of their own.',
    then: 'request',
  },
  'endpoint-service-not-listed': {
    kind: 'timeout',
    title: 'Zilliz does not show its private link service',
    cause: 'The subscription was authorized, but the alias of the region was not listed in time.',
    remedy:
      'Wait some minutes. If it stays so, ask the support of Zilliz Cloud whether the region offers private link.',
  },
  'endpoint-service-not-visible': {
    kind: 'timeout',
    title: 'The private link service is not visible to the subscription',
    cause: 'Zilliz has not yet made its service visible to the subscription, or refused.',
    remedy:
      'Wait some minutes. If it stays so, give the support of Zilliz Cloud the subscription ID and the alias in the detail.',
  },
  'registration-failed': {
    kind: 'rejected',
    title: 'Zilliz could not register the endpoint',
    cause: 'Zilliz answered that the endpoint ID is not acceptable, or its status says that it failed.',
    remedy: 'Give the support of Zilliz Cloud the endpoint ID in the detail.',
  },
  'zilliz-throttled': {
    kind: 'transient',
    title: 'Zilliz limits the calls',
    cause: 'More than 20 requests a second were made with the key.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'zilliz-unavailable': {
    kind: 'transient',
    title: 'Zilliz does not answer properly',
    cause: 'The control plane timed out, was unreachable, or answered with a fault or something unreadable.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'zilliz-refused': {
    kind: 'rejected',
    title: 'Zilliz refused the call',
    cause: 'Zilliz answered with a code that this software does not know.',
    remedy: 'Correct the cause of the code in the detail; the support of Zilliz Cloud knows the codes.',
  },
  // ---- Azure: access and availability ----
  'azure-permission-denied': {
    kind: 'permission',
    title: 'The identity of the app lacks a right in Azure',
    cause:
      'The action named in the detail is not granted at its scope, or the grant is younger than ten minutes. If no role covers the resource group, Azure gives the same response for a resource that does not exist.',
    remedy: 'Assign the custom role from infra/roles at the scope, and wait ten minutes until it acts.',
  },
  'azure-deny-assignment': {
    kind: 'permission',
    title: 'A deny assignment forbids it',
    cause:
      'A deny assignment outweighs the roles of the identity. A managed application, a deployment stack or an administrator has created it, and the permissions that Azure lists in advance do not show it.',
    remedy:
      'Have its owner except the identity of the app or the action (the detail names it, and so does the portal: Access control (IAM), Deny assignments).',
  },
  'azure-credential': {
    kind: 'permission',
    title: 'The app cannot get a token for Azure',
    cause:
      'The function app has no managed identity, or AZURE_CLIENT_ID is not the client ID of one that it has, or the tenant differs.',
    remedy:
      'Give the function app its identity, `az functionapp identity assign --name <app> --resource-group <group>`, or set AZURE_CLIENT_ID to the client ID (not the object ID) of one that `az functionapp identity show --name <app> --resource-group <group>` lists.',
  },
  'azure-policy-denied': {
    kind: 'rejected',
    title: 'An Azure Policy forbids it',
    cause: 'A policy assignment denies the resource; the detail names it.',
    remedy:
      'Ask for an exemption from the policy in the detail, or change the request (tags, location, group) to what the policy allows.',
    by: {
      disconnect:
        'Ask for an exemption from the policy in the detail. Then DELETE the connection again; it removes what is left.',
    },
  },
  'policy-demands-tag': {
    kind: 'rejected',
    title: 'An Azure Policy demands a tag',
    cause: 'A policy assignment denies resources without a tag that the request does not give them.',
    remedy: 'Add the tag that the detail names to `tags` in the request, with a value that the policy takes.',
    then: 'request',
  },
  'dns-policy-denied': {
    kind: 'rejected',
    title: 'An Azure Policy forbids private DNS here',
    cause:
      'A policy assignment denies the zone, its links or its record sets in the resource group; the detail names it. Many landing zones keep private DNS in a central subscription.',
    remedy:
      'Name the resource group of the central zone in `dns.zoneResourceGroupId`, or leave DNS to the team that owns it with `dns.manage: false`; or ask for an exemption from the policy in the detail.',
    then: 'request',
    by: {
      disconnect:
        'Ask for an exemption from the policy in the detail. Then DELETE the connection again; it removes what is left.',
    },
  },
  'azure-locked': {
    kind: 'rejected',
    title: 'A lock forbids it',
    cause: 'A ReadOnly or CanNotDelete lock protects the resource, its group or its subscription.',
    remedy: 'Have the lock in the detail removed for the time of the change.',
  },
  'azure-throttled': {
    kind: 'transient',
    title: 'Azure limits the calls',
    cause: 'Azure limits the calls of an identity or to a service.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'azure-unavailable': {
    kind: 'transient',
    title: 'Azure does not answer properly',
    cause:
      'Azure Resource Manager timed out, was unreachable, or answered with a fault or something unreadable.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'azure-busy': {
    kind: 'transient',
    title: 'Another change of the resource is under way',
    cause: 'Azure changes a resource or its network one write at a time.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'azure-refused': {
    kind: 'rejected',
    title: 'Azure refused the call',
    cause: 'Azure answered with a code that this software does not treat by itself.',
    remedy: 'Correct the cause of the code in the detail.',
  },
  'provider-not-registered': {
    kind: 'rejected',
    title: 'The subscription does not know the resource provider',
    cause: 'Microsoft.Network is not registered in the subscription, or the cloud lacks the API version.',
    remedy:
      'Register the resource provider in the subscription: `az provider register --namespace Microsoft.Network --subscription <subscription ID>`.',
  },
  'subscription-not-found': {
    kind: 'rejected',
    title: 'Azure does not know the subscription',
    cause: 'The subscription does not exist, or belongs to another tenant than the app.',
    remedy:
      'Correct the subscription ID in the resource ID: `az account list --all --query "[].{id:id, name:name, tenant:tenantId}" -o table` lists those that you see; the app works in its own tenant only.',
    then: 'request',
  },
  'subscription-disabled': {
    kind: 'rejected',
    title: 'The subscription takes no writes',
    cause:
      'The subscription is disabled, expired or warned (an unpaid invoice, a spending limit, a cancellation). Azure lets what is in it be read and deleted only.',
    remedy:
      'Have the account administrator of the subscription reactivate it (portal: Subscriptions, Reactivate).',
  },
  'key-vault-denied': {
    kind: 'permission',
    title: 'Key Vault refuses the app',
    cause:
      'The identity lacks the role Key Vault Secrets User or an access policy, or the network rules of the vault keep the app out. The detail has the reason.',
    remedy:
      'Assign the role Key Vault Secrets User on the vault or its secret, or let the network of the app reach the vault.',
  },
  'key-vault-unavailable': {
    kind: 'transient',
    title: 'Key Vault does not answer properly',
    cause: 'The vault timed out, was unreachable, or throttles.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'identity-unavailable': {
    kind: 'transient',
    title: 'The identity endpoint does not answer',
    cause: 'The managed identity endpoint was unreachable, throttled, or restarting.',
    remedy: 'Wait some minutes: it usually passes by itself.',
  },
  'foreign-origin': {
    kind: 'rejected',
    title: 'A response leads to another host',
    cause:
      'A response contains the address of a next page, an operation in progress, a redirect or a token that is not on the host in the settings. Nothing was sent there.',
    remedy:
      'Check ARM_ENDPOINT, KEY_VAULT_URL and ZILLIZ_API_URL, and whether a proxy on the way changes the responses. If all of this is correct, report it with the host in the detail.',
  },
  intercepted: {
    kind: 'rejected',
    title: 'Something on the way responds in place of the service',
    cause:
      'The response refuses, and does not have the form of the service: a firewall, a proxy or a gateway between the app and the service wrote it. Keys and roles have nothing to do with it.',
    remedy:
      'Let the network of the app reach the host in the detail on TCP 443: allow it in the firewall, the proxy or the outbound rules.',
  },
  'host-not-found': {
    kind: 'rejected',
    title: 'The name of a host does not resolve',
    cause: 'The resolver of the app reports that the host in the detail does not exist.',
    remedy:
      'Check the setting with the host (ARM_ENDPOINT, KEY_VAULT_URL, ZILLIZ_API_URL), and the DNS of the network of the app: private DNS zones that are linked to it, and its custom DNS servers.',
  },
  'certificate-untrusted': {
    kind: 'rejected',
    title: 'The certificate of a host is not trusted',
    cause:
      'The certificate has expired, is self-signed, is for another name, or its issuer is unknown. Often a proxy that inspects TLS shows its own.',
    remedy:
      'Exempt the host in the detail from TLS inspection, or give the app the issuer of the proxy (NODE_EXTRA_CA_CERTS). If no proxy is on the way, report it to the owner of the host.',
  },
  'settings-invalid': {
    kind: 'rejected',
    title: 'The app is not configured',
    cause: 'Settings of this deployment are missing or wrong; GET /api/health names them.',
    remedy: 'Correct the settings named by GET /api/health.',
  },
  // ---- Azure: the network ----
  'resource-group-not-found': {
    kind: 'rejected',
    title: 'A resource group does not exist',
    cause: 'The resource group named or implied by the request is not there.',
    remedy:
      'Create the group, or name another one in `privateEndpoint.resourceGroup` or `dns.zoneResourceGroupId`.',
    then: 'request',
  },
  'resource-group-being-deleted': {
    kind: 'conflict',
    title: 'The resource group is being deleted',
    cause:
      'Azure deletes the resource group in the detail, with all that is in it, and takes no write there.',
    remedy:
      'Wait until Azure has deleted it, and create it again; or name another one in `privateEndpoint.resourceGroup` or `dns.zoneResourceGroupId`.',
    by: {
      disconnect:
        'Wait until Azure has deleted the group, with what is in it. Then DELETE the connection again; it removes what is left.',
    },
  },
  'azure-limit': {
    kind: 'rejected',
    title: 'A limit of Azure is reached',
    cause: 'The subscription, the network or the zone holds as many of these resources as Azure allows.',
    remedy:
      'Delete what is no longer needed, or have the limit in the detail raised by the support of Azure.',
  },
  'subnet-policies': {
    kind: 'rejected',
    title: 'The subnet refuses private endpoints',
    cause: 'Network policies for private endpoints are enabled on the subnet, and this cloud refuses that.',
    remedy:
      'Use another subnet, or disable them: `az network vnet subnet update --ids <subnetId> --private-endpoint-network-policies Disabled`.',
    then: 'request',
  },
  'virtual-network-not-found': {
    kind: 'rejected',
    title: 'A virtual network does not exist',
    cause: 'The virtual network of the subnet, or one of `dns.linkedNetworks`, is not there.',
    remedy: 'Correct the resource ID.',
    then: 'request',
  },
  'subnet-not-found': {
    kind: 'rejected',
    title: 'The subnet does not exist',
    cause: 'The subnet named by the request is not there.',
    remedy: 'Correct `subnetId`.',
    then: 'request',
  },
  'subnet-delegated': {
    kind: 'rejected',
    title: 'The subnet is delegated',
    cause: 'A delegated subnet takes no private endpoints.',
    remedy: 'Use a subnet without delegation.',
    then: 'request',
  },
  'subnet-full': {
    kind: 'rejected',
    title: 'The subnet has no free address',
    cause: 'A private endpoint needs one address of its subnet.',
    remedy: 'Free an address, or use another subnet.',
    then: 'request',
  },
  'address-not-usable': {
    kind: 'rejected',
    title: 'The private endpoint cannot have the static address',
    cause:
      'The address is not in the subnet, is one of those that Azure keeps (the first four and the last of a subnet), or is in use.',
    remedy:
      'Name a free address of the subnet in `privateEndpoint.staticIpAddress`, or leave it out: then Azure takes a free one.',
    then: 'request',
  },
  'endpoint-name-taken': {
    kind: 'conflict',
    title: 'The name of the private endpoint is taken',
    cause:
      'A private endpoint of that name exists and points elsewhere, sits in another subnet, has another static address or interface name, or may not be adopted.',
    remedy: 'Give another `privateEndpoint.name`, or remove the private endpoint in the way.',
    then: 'request',
  },
  'endpoint-name-not-released': {
    kind: 'transient',
    title: 'Azure has not yet released the name',
    cause: 'After a private endpoint was deleted its name stays taken for some time.',
    remedy: 'Wait: Azure releases the name within 30 minutes.',
  },
  'endpoint-failed': {
    kind: 'rejected',
    title: 'Azure could not create the private endpoint',
    cause: 'The private endpoint ended in the provisioning state Failed, twice.',
    remedy: 'Correct the reason in the detail; a failed endpoint is replaced.',
  },
  'endpoint-update-failed': {
    kind: 'rejected',
    title: 'The last update of the private endpoint failed',
    cause:
      'Its connection is approved and carries traffic, but an update of it (tags, security groups) ended in the state Failed.',
    remedy:
      'Let the owner of that update repeat it: the activity log of the private endpoint names it. The app never sends an approved endpoint again.',
  },
  'endpoint-slow': {
    kind: 'timeout',
    title: 'The private endpoint is not ready in time',
    cause: 'Azure still works on the private endpoint.',
    remedy: 'Wait until Azure has finished; the portal shows the provisioning state.',
  },
  'endpoint-without-guid': {
    kind: 'timeout',
    title: 'Azure does not show the resource GUID',
    cause:
      'Zilliz wants the name and the resource GUID of the private endpoint, and the responses of Azure lack the GUID.',
    remedy:
      'Wait some minutes. If it stays so, check the JSON view of the private endpoint in the portal, and report it.',
  },
  'endpoint-without-address': {
    kind: 'timeout',
    title: 'The private endpoint has no address yet',
    cause: 'The network interface of the private endpoint shows no private address.',
    remedy:
      'Wait some minutes. If it stays so, look at the network interface of the private endpoint in the portal.',
  },
  'endpoint-changed': {
    kind: 'conflict',
    title: 'The private endpoint is not the one this run works on',
    cause: 'The private endpoint was deleted, replaced or changed by another process or user during the run.',
    remedy: 'Find who changes the private endpoint (its activity log in Azure).',
  },
  'endpoint-not-registered': {
    kind: 'transient',
    title: 'The private endpoint is not registered and ready at Zilliz',
    cause:
      'Zilliz does not list the ID of the private endpoint as ready, so nothing proves that names may lead to it.',
    remedy:
      'Wait if it was just registered. If it was removed at Zilliz, POST …/reconcile: it is registered again.',
    then: 'nothing',
    by: {
      disconnect: 'Wait some minutes. Then DELETE the connection again; it removes what is left.',
    },
  },
  'connection-rejected': {
    kind: 'rejected',
    title: 'Zilliz rejected the connection',
    cause: 'The connection of the private endpoint is Rejected; it cannot be revived.',
    remedy:
      'Ask the support of Zilliz Cloud for the reason, with the endpoint ID in the detail. It cannot be revived: DELETE the connection, then POST the request.',
    then: 'nothing',
    by: {
      disconnect:
        'Ask the support of Zilliz Cloud for the reason, with the endpoint ID in the detail. Then DELETE the connection again; it removes what is left.',
    },
  },
  'connection-disconnected': {
    kind: 'rejected',
    title: 'The connection was removed by Zilliz',
    cause: 'The connection of the private endpoint is Disconnected; Azure cannot revive it.',
    remedy:
      'POST …/reconcile with `"allowReplace": true`: the private endpoint is deleted, created again and registered.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'not-approved-in-time': {
    kind: 'timeout',
    title: 'The connection was not approved in time',
    cause: 'Azure, Zilliz or both did not report the connection as usable before the deadline.',
    remedy:
      'Give the support of Zilliz Cloud the endpoint ID in the detail; a longer `deadlineMinutes` waits longer.',
    by: {
      disconnect:
        'Give the support of Zilliz Cloud the endpoint ID in the detail. Then DELETE the connection again; it removes what is left.',
    },
  },
  // ---- DNS ----
  'hidden-names': {
    kind: 'conflict',
    title: 'Names would stop resolving',
    cause:
      'A regional zone hides all names of its region that it does not hold, and the request says to refuse that.',
    remedy:
      'Use `dns: { "layout": "per-cluster" }`, which hides nothing, or accept it with `dns: { "hiddenNames": "warn" }`.',
    then: 'request',
  },
  'zone-not-writable': {
    kind: 'permission',
    title: 'The private DNS zone cannot be written',
    cause:
      'The identity of the app may not write the zone, or a record set or link in it: the detail names the action and the scope.',
    remedy: 'Assign the custom role from infra/roles at the scope, and wait ten minutes until it acts.',
    or: 'Or set `dns.manage: false` and have the owner of the zone create what the result lists.',
  },
  'overlapping-zone': {
    kind: 'conflict',
    title: 'Another zone of that name is linked to the virtual network',
    cause:
      'A virtual network can be linked to one zone of a name only. The other zone may be in a subscription that the app does not read, such as that of a hub.',
    remedy:
      'Name the group of that zone in `dns.zoneResourceGroupId`, leave DNS to its owner with `dns.manage: false`, or have its link removed. These are the zones that you may read: `az account list --query "[].id" -o tsv | xargs -I {} az network private-dns zone list --subscription {} --query "[?ends_with(name, \'.vectordb.zillizcloud.com\')].id" -o tsv`.',
    then: 'request',
  },
  'link-conflict': {
    kind: 'conflict',
    title: 'The virtual network link cannot be made',
    cause: 'Azure refuses the link because of another link of the network or zone.',
    remedy: 'Remove or change the link that the detail names.',
  },
  'zone-failed': {
    kind: 'rejected',
    title: 'Azure could not create the private DNS zone',
    cause: 'The asynchronous operation of Azure ended in failure.',
    remedy: 'Correct the reason in the detail.',
  },
  'link-failed': {
    kind: 'rejected',
    title: 'Azure could not create the virtual network link',
    cause: 'The asynchronous operation of Azure ended in failure.',
    remedy: 'Correct the reason in the detail.',
  },
  'zone-slow': {
    kind: 'timeout',
    title: 'The private DNS zone is not ready in time',
    cause: 'Azure still works on the zone.',
    remedy: 'Wait until Azure has finished the zone.',
  },
  'link-slow': {
    kind: 'timeout',
    title: 'The virtual network link is not ready in time',
    cause: 'Azure still works on the link; a large virtual network takes minutes.',
    remedy: 'Wait until Azure has finished the link.',
  },
  'request-needed': {
    kind: 'conflict',
    title: 'Only a request may create this',
    cause:
      'The tags of the private endpoint ask for a zone, group or network that no request of the connection has used. Anyone with access may write tags, so sync does not follow them there.',
    remedy: 'POST …/reconcile if it is wanted; otherwise POST the request again, which corrects the tags.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'zone-removed': {
    kind: 'transient',
    title: 'The private DNS zone was deleted during the run',
    cause: 'Another process or person deleted it. The run creates it again once, with its records and links.',
    remedy: 'Find who deletes the zone (the activity log of Azure names them).',
  },
  'record-conflict': {
    kind: 'conflict',
    title: 'A record of that name has another owner',
    cause: 'The record set exists, this app did not create it, and it has other contents.',
    remedy:
      'Remove the record set, or leave the cluster out; a record without the marks of this app is never overwritten.',
    by: {
      disconnect:
        'Have the owner of the record set remove it. Then DELETE the connection again; it removes what is left.',
    },
  },
  'record-owned-by-other': {
    kind: 'conflict',
    title: 'A record of that name belongs to another connection',
    cause: 'Another connection keeps this record; its ID is in the detail.',
    remedy: 'Disconnect the other connection, or exclude the cluster there.',
  },
  'record-not-kept': {
    kind: 'transient',
    title: 'A record set does not read back as written',
    cause: 'Another process or user changed the record set immediately after the write.',
    remedy: 'Find who else writes the record set (the activity log of Azure names them).',
  },
  'host-does-not-fit': {
    kind: 'rejected',
    title: 'The private host name is not of the region',
    cause:
      'The private link address of a cluster lies outside `<region>.vectordb.zillizcloud.com`. Nothing is made for it: its zone would take a name of another domain away from the network. Other clusters are not held up.',
    remedy: 'Report it with the address in the detail: Zilliz may have changed its names.',
    then: 'nothing',
  },
  'unreadable-address': {
    kind: 'rejected',
    title: 'A private link address cannot be read',
    cause:
      'Zilliz shows a private link address that is no URL with a host and a port. Nothing is made for it; other clusters are not held up.',
    remedy: 'Report it with the cluster ID in the detail.',
    then: 'nothing',
  },
  'precondition-failed': {
    kind: 'transient',
    title: 'Something changed between reading and writing',
    cause: 'Another process or user wrote the same resource at the same moment.',
    remedy: 'Find who else writes the resource, if it happens again (the activity log of Azure names them).',
  },
  // ---- the proof ----
  'name-resolves-elsewhere': {
    kind: 'rejected',
    title: 'The private name does not resolve to the private endpoint',
    cause: 'Seen from the app, the private host name gives another address or none.',
    remedy:
      'Check that the network of the app is linked to the zone, and that custom DNS servers forward to 168.63.129.16.',
  },
  'port-unreachable': {
    kind: 'rejected',
    title: 'The port of the private endpoint does not answer',
    cause: 'Seen from the app, the address of the private endpoint takes no connection on the port.',
    remedy:
      'Check network security groups, route tables and firewalls between the app and the private endpoint.',
  },
  'wrong-certificate': {
    kind: 'rejected',
    title: 'The service behind the private endpoint shows another name',
    cause: 'TLS was answered, but not with a certificate for the private host name.',
    remedy:
      'Check that no proxy breaks TLS on the way; if none does, give the support of Zilliz Cloud the host name.',
  },
  // ---- what is stored, and the way back ----
  'spec-unreadable': {
    kind: 'conflict',
    title: 'The specification of the connection cannot be read',
    cause:
      'The tags `zpl-spec-…` of the private endpoint were cut, or changed to a form that no request can have, or a newer version of this software wrote them.',
    remedy:
      'POST the request again: it is written again, and clusters that were excluded must be excluded again. DELETE works without it.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it works without the specification.',
    },
  },
  'endpoint-lost': {
    kind: 'conflict',
    title: 'The private endpoint of the connection is gone',
    cause:
      'The private endpoint was deleted, and with it the specification in its tags. Records of the connection may remain.',
    remedy:
      'POST the request again to create the connection again, or DELETE it to remove its records; zone and links stay.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes its records, and zone and links stay.',
    },
  },
  'endpoint-not-visible': {
    kind: 'conflict',
    title: 'It is unknown whether the private endpoint of the connection still exists',
    cause:
      'Records of the connection exist, and no private endpoint that the identity can read has its marks. The endpoint counts as deleted only when Azure reports that it does not exist. Otherwise the connection may still exist, managed by another deployment.',
    remedy:
      'Use the deployment that created the connection, or give the identity the right to read the private endpoint. If the tags of the endpoint were overwritten, or the records do not name it, POST the request again: it restores the marks.',
    then: 'nothing',
    by: {
      disconnect:
        'Use the deployment that created the connection, or give the identity the right to read the private endpoint. Then DELETE the connection again.',
    },
  },
  'removal-slow': {
    kind: 'timeout',
    title: 'Azure still shows what was removed',
    cause: 'Azure accepted the removal and has not carried it out in time.',
    remedy: 'Wait until Azure has carried it out.',
  },
  'removal-incomplete': {
    kind: 'timeout',
    title: 'Removed resources of the connection are recreated',
    cause: 'Another process or user recreates what this run removes.',
    remedy: 'Find who writes the resources in the detail (the activity log of Azure names them).',
  },
  'removal-without-zilliz': {
    kind: 'conflict',
    title: 'Zilliz could not be asked, so registration and private endpoint stay',
    cause:
      'Links, records and zones are removed. Without Zilliz nothing proves that the private endpoint leads to its service.',
    remedy: 'Correct the cause in the detail (often the API key).',
  },
  'endpoint-kept': {
    kind: 'conflict',
    title: 'The private endpoint is kept',
    cause:
      'Something that this app may not remove still needs it, or Zilliz could not be asked; the detail names it.',
    remedy: 'Remove the cause that the detail names.',
  },
  'release-refused': {
    kind: 'conflict',
    title: 'More than the marks of this app would change',
    cause:
      'A hand-over takes the marks off and changes nothing else. A record set is written as a whole, and one with several addresses would lose some.',
    remedy: 'Remove the further addresses of the record set, or have them corrected by …/reconcile.',
    by: { disconnect: 'DELETE the connection again; it removes what is left.' },
  },
  // ---- what a connection lacks ----
  'not-registered': {
    kind: 'conflict',
    title: 'Zilliz does not list the private endpoint as ready',
    cause: 'The registration was deleted at Zilliz, or Zilliz has not finished it.',
    remedy: 'POST …/reconcile: it registers the private endpoint again.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'link-missing': {
    kind: 'conflict',
    title: 'A requested virtual network is not linked to the private DNS zone',
    cause: 'Another user or process deleted the link or the zone, or Azure has not completed the link.',
    remedy: 'POST …/reconcile: it creates the link again.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'record-missing': {
    kind: 'conflict',
    title: 'A cluster has no A record',
    cause: 'Another user or process deleted it, or it could not be written.',
    remedy: 'POST …/reconcile: it writes the record, or reports why it cannot.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'record-differs': {
    kind: 'conflict',
    title: 'The A record of a cluster has another address than the private endpoint',
    cause: 'Another user or process changed the record, or owns a record of that name.',
    remedy:
      'If the record has another owner, have that owner remove it first. POST …/reconcile then writes it.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'address-overdue': {
    kind: 'timeout',
    title: 'Zilliz has not allocated a private link address for a cluster',
    cause: 'The cluster exists for more than an hour. Zilliz usually allocates the address within minutes.',
    remedy:
      'Ask the support of Zilliz Cloud, with the cluster ID and the endpoint ID in the detail. The record follows by itself.',
    then: 'nothing',
  },
  'verification-failed': {
    kind: 'conflict',
    title: 'The last verification of the private path failed',
    cause: 'The name did not resolve to the private endpoint, or the service behind it did not respond.',
    remedy: 'POST …/reconcile: it verifies again, and its problem names the cause.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'names-not-resolving': {
    kind: 'conflict',
    title: 'The owner of the DNS has not created the names yet',
    cause: '`dns.manage` is false, and a private name does not resolve to the private endpoint.',
    remedy:
      'Have the owner of the DNS create the zones and records that the result lists. POST …/reconcile then verifies them.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
    },
  },
  'not-verifiable-from-here': {
    kind: 'conflict',
    title: 'The app cannot verify the DNS of another owner',
    cause: '`dns.manage` is false, and the app has no view into the virtual network.',
    remedy:
      'Paste the probe of each cluster, from the result, on a machine in the network; or give the app a view into it (VNet integration).',
    then: 'nothing',
  },
  'reading-incomplete': {
    kind: 'transient',
    title: 'The state of the connection could not be read completely',
    cause: 'A reading was refused or limited, or the last one is too old.',
    remedy:
      'Read again in a minute. If it stays so, grant the right that the detail names, or see the syncs in the list.',
    then: 'nothing',
  },
  'sync-incomplete': {
    kind: 'conflict',
    title: 'A sync could not do something',
    cause: 'Azure or Zilliz refused it, or a record has another owner; the detail names it.',
    remedy: 'Remove the cause that the detail names. The next sync tries again by itself.',
    then: 'nothing',
  },
  // ---- the run ----
  cancelled: {
    kind: 'rejected',
    title: 'The run was cancelled',
    cause: 'A user cancelled it; a write that was in progress may still be completed.',
    remedy: 'DELETE the connection to clean up, or POST the request again to continue.',
    then: 'nothing',
    by: {
      disconnect: 'DELETE the connection again; it removes what is left.',
      reconcile: 'POST …/reconcile again to continue, or DELETE the connection to clean up.',
    },
  },
  'run-suspended': {
    kind: 'conflict',
    title: 'The run is suspended',
    cause: 'A user suspended it in the task hub. It does nothing until it is resumed.',
    remedy: 'Resume the run in the task hub, or cancel it (…/cancel).',
  },
  'step-interrupted': {
    kind: 'transient',
    title: 'A step did not come to its end',
    cause:
      'The process that worked on it ended (no memory, a time-out, a deployment), or the software failed.',
    remedy:
      'The log of that time has the exception; report it with the time and the connection ID if it happens again.',
  },
  'run-state-unreadable': {
    kind: 'rejected',
    title: 'The stored state of the run cannot be read',
    cause:
      'It does not have the form that this version expects: another version wrote it, or the run was started past the API.',
    remedy: 'A new run starts from what exists in Azure and at Zilliz.',
  },
  'internal-error': {
    kind: 'rejected',
    title: 'The software failed',
    cause: 'A fault in this software; it is logged with the invocation.',
    remedy: 'Report it with the time and the connection ID if it happens again.',
  },
} as const satisfies Record<string, CatalogEntry>;

export type FailureCode = keyof typeof failureCatalog;
