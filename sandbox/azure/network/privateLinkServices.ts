import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { badRequest } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { begin, networkPollingHeaders } from '../protocol/longRunning.ts';
import { sameId } from '../resourceId.ts';
import type { PrivateLinkService } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';

const bodySchema = z.object({ privateLinkServiceAlias: z.string() });

/** Whether an alias may be used from a subscription: asked of the subscription or of a resource group. */
export function privateLinkServiceOperations(world: World): readonly ArmOperation[] {
  const action = 'providers/Microsoft.Network/locations/{location}/checkPrivateLinkServiceVisibility';
  return [
    `/subscriptions/{subscription}/${action}`,
    `/subscriptions/{subscription}/resourceGroups/{group}/${action}`,
  ].map((path) => ({
    name: 'privateLinkServices.checkVisibility',
    method: 'POST',
    path,
    handle: (call) => checkVisibility(world, call),
  }));
}

/** The service that an alias or a resource ID means, for any caller. */
export function findService(state: AzureState, target: string): PrivateLinkService | undefined {
  return Object.values(state.network.privateLinkServices).find(
    ({ alias, resourceId }) => sameId(alias, target) || sameId(resourceId, target),
  );
}

export function isVisibleTo(service: PrivateLinkService, subscriptionId: string): boolean {
  return !service.requiresVisibility || service.visibleTo.some((one) => sameId(one, subscriptionId));
}

function checkVisibility(world: World, call: ArmCall): Reply {
  const parsed = bodySchema.safeParse(call.body);
  if (!parsed.success) {
    throw badRequest('InvalidRequestFormat', 'Cannot parse the request: privateLinkServiceAlias is missing.');
  }
  const { subscription = '', location = '' } = call.params;
  const service = findService(world.state, parsed.data.privateLinkServiceAlias);
  const body = { visible: service !== undefined && isVisibleTo(service, subscription) };
  const durationMs = world.timings.visibilityCheck();
  if (durationMs <= 0) return { status: 200, body };
  const id = world.random.guid();
  const effect = { kind: 'answer' as const, body };
  begin(world, {
    name: 'privateLinkServices.checkVisibility',
    id,
    subscriptionId: subscription,
    durationMs,
    effect,
  });
  return { status: 202, headers: networkPollingHeaders(world, call, location, id, { withLocation: true }) };
}
