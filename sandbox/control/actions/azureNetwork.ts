import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';
import {
  changedSubnet,
  changedTags,
  newLink,
  newPrivateLinkService,
  newRecord,
  newResourceGroup,
  newSubscription,
  newVirtualNetwork,
  newZone,
  resource,
} from '../inputs.ts';

const action = actionsOf('azure', ({ azure }) => azure.control);
/** A resource ID, or `<name>.<resourceGuid>`. */
const endpoint = z.strictObject({ endpoint: z.string().min(1) });

/** What people do to resources by hand. */
export const azureNetworkActions: readonly Action[] = [
  action('addSubscription', 'adds a subscription', newSubscription, (azure, given) =>
    azure.addSubscription(given),
  ),
  action('addResourceGroup', 'adds a resource group', newResourceGroup, (azure, given) =>
    azure.addResourceGroup(given),
  ),
  action('addVirtualNetwork', 'adds a virtual network with subnets', newVirtualNetwork, (azure, given) =>
    azure.addVirtualNetwork(given),
  ),
  action(
    'setDnsServers',
    'gives a virtual network its own DNS servers',
    resource.extend({ dnsServers: z.array(z.string()) }),
    (azure, { id, dnsServers }) => azure.changeVirtualNetwork(id, { dnsServers }),
  ),
  action('changeSubnet', 'delegates, fills or protects a subnet', changedSubnet, (azure, given) => {
    const { subnetId, ...change } = given;
    azure.changeSubnet(subnetId, change);
  }),
  action('addPrivateLinkService', 'adds a private link service', newPrivateLinkService, (azure, given) =>
    azure.addPrivateLinkService(given),
  ),
  action('addZone', 'adds a private DNS zone', newZone, (azure, given) => azure.addZone(given)),
  action('addLink', 'adds a virtual network link, complete at once', newLink, (azure, given) =>
    azure.addLink(given),
  ),
  action('setRecord', 'adds or replaces an A record set', newRecord, (azure, given) =>
    azure.setRecord(given),
  ),
  action(
    'setConnection',
    'changes the state of a private endpoint’s connection',
    endpoint.extend({
      status: z.enum(['Pending', 'Approved', 'Rejected', 'Disconnected']),
      description: z.string().exactOptional(),
    }),
    (azure, { endpoint: id, status, ...more }) => azure.setConnection(id, status, more),
  ),
  action(
    'breakEndpoint',
    'leaves the GUID or the address of a private endpoint out of responses',
    endpoint.extend({ resourceGuid: z.boolean().exactOptional(), address: z.boolean().exactOptional() }),
    (azure, { endpoint: id, ...broken }) => azure.breakEndpoint(id, broken),
  ),
  action('remove', 'removes a resource or record set and all below it, at once', resource, (azure, { id }) =>
    azure.remove(id),
  ),
  action('setTags', 'puts other tags in the place of a resource’s', changedTags, (azure, { id, tags }) =>
    azure.setTags(id, tags),
  ),
];
