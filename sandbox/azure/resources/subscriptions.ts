import { seesSomethingWithin } from '../access/permissions.ts';
import type { ArmOperation } from '../protocol/armOperation.ts';
import { subscriptionNotFound } from '../protocol/armFault.ts';
import type { Subscription } from '../state/schema.ts';
import type { World } from '../state/world.ts';

/** Subscriptions and tenants, as far as the caller has anything to do with them. */
export function subscriptionOperations(world: World): readonly ArmOperation[] {
  return [
    {
      name: 'subscriptions.list',
      method: 'GET',
      path: '/subscriptions',
      handle(call) {
        const value = Object.values(world.state.subscriptions)
          .filter((one) => seesSomethingWithin(world, call.principal, `/subscriptions/${one.subscriptionId}`))
          .map(body);
        return { status: 200, body: { value, count: { type: 'Total', value: value.length } } };
      },
    },
    {
      name: 'subscriptions.get',
      method: 'GET',
      path: '/subscriptions/{subscription}',
      handle(call) {
        const id = call.params.subscription ?? '';
        const found = world.state.subscriptions[id.toLowerCase()];
        if (!found) throw subscriptionNotFound(id);
        return { status: 200, body: body(found) };
      },
    },
    {
      name: 'tenants.list',
      method: 'GET',
      path: '/tenants',
      handle() {
        const tenants = new Set(Object.values(world.state.subscriptions).map(({ tenantId }) => tenantId));
        const value = [...tenants].map((tenantId) => ({
          id: `/tenants/${tenantId}`,
          tenantId,
          tenantCategory: 'Home',
          displayName: 'Sandbox',
          defaultDomain: 'sandbox.onmicrosoft.com',
          domains: ['sandbox.onmicrosoft.com'],
          tenantType: 'AAD',
        }));
        return { status: 200, body: { value } };
      },
    },
  ];
}

function body({ subscriptionId, displayName, tenantId, state }: Subscription): object {
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName,
    state,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}
