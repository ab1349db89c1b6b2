import { z } from 'zod';
import { linkedActions, operationActions } from '../../../sandbox/azure/access/actions.ts';
import type { OperationName } from '../../../sandbox/azure/access/actions.ts';
import { actionFor, scopeOf } from '../../../sandbox/azure/access/demand.ts';
import { parentOf } from '../../../sandbox/azure/resourceId.ts';
import type { Exchange } from '../../../sandbox/kernel/traffic.ts';

/** A right that a call of the app asks of its identity. */
export interface Demand {
  readonly action: string;
  readonly scope: string;
}

const resourceList = z.object({ value: z.array(z.object({ id: z.string(), type: z.string() })) });
const subscriptionList = z.object({ value: z.array(z.object({ id: z.string() })) });
const endpointBody = z.object({ properties: z.object({ subnet: z.object({ id: z.string() }) }) });
const linkBody = z.object({ properties: z.object({ virtualNetwork: z.object({ id: z.string() }) }) });

/** The rights that the app's calls of Azure Resource Manager ask for: as recorded, with those on linked resources. */
export function demandsOf(traffic: readonly Exchange[]): readonly Demand[] {
  const all = traffic.filter(({ service }) => service === 'azure').flatMap(demandsOfCall);
  const byKey = new Map(all.map((demand) => [`${demand.action} ${demand.scope}`.toLowerCase(), demand]));
  return [...byKey.values()];
}

function demandsOfCall({ operation, request, response }: Exchange): readonly Demand[] {
  if (!isOperation(operation))
    throw new Error(`The app called ${request.method} ${request.url}, which is nothing.`);
  const { pathname } = new URL(request.url, 'https://management.azure.com');
  const action = actionFor(operation, pathname);
  return [
    ...(action === null ? [] : [{ action, scope: scopeOf(pathname) }]),
    ...linked(operation, request.body),
    ...shown(operation, response.body),
  ];
}

function isOperation(name: string): name is OperationName {
  return name in operationActions;
}

function linked(operation: string, body: unknown): readonly Demand[] {
  if (operation === 'privateEndpoints.put') {
    const scope = endpointBody.parse(body).properties.subnet.id;
    return [{ action: linkedActions[operation], scope }];
  }
  if (operation !== 'virtualNetworkLinks.put') return [];
  return [{ action: linkedActions[operation], scope: linkBody.parse(body).properties.virtualNetwork.id }];
}

/** Some lists show what the caller may read and ask for no right of their own: what they show had to be readable. */
function shown(operation: string, body: unknown): readonly Demand[] {
  if (operation === 'subscriptions.list') {
    const list = subscriptionList.safeParse(body);
    return (list.data?.value ?? []).map(({ id: scope }) => ({
      action: 'Microsoft.Resources/subscriptions/read',
      scope,
    }));
  }
  if (operation !== 'resources.list' && operation !== 'privateDnsZones.list') return [];
  const list = resourceList.safeParse(body);
  return (list.data?.value ?? []).map(({ id, type }) => ({ action: `${type}/read`, scope: parentOf(id) }));
}
