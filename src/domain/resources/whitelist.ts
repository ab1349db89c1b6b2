import { hasFailed } from '../connection/endpointHealth.ts';
import type { EndpointService, PrivateEndpoint } from './model.ts';
import type { Verdict } from './verdict.ts';

/**
 * Decides whether to put the subscription on Zilliz's whitelist, which cannot be read. `visible`: whether Azure shows the
 * service to the subscription; null if there is no way to check. Then an endpoint that reached the service is the proof.
 */
export function decideAuthorization(
  listed: EndpointService | null,
  visible: boolean | null,
  endpoint: PrivateEndpoint | null,
): Verdict {
  if ((listed?.service ?? null) === null) {
    return { action: 'create', reason: 'Zilliz shows its service only to subscriptions that it knows' };
  }
  if (listed?.whitelistRequired === false)
    return { action: 'keep', reason: 'Zilliz requires no authorization' };
  if (visible === true) {
    return { action: 'keep', reason: 'Azure shows the service to the subscription already' };
  }
  if (visible === null && endpoint && !hasFailed(endpoint)) {
    return { action: 'keep', reason: 'a private endpoint of the subscription has reached the service' };
  }
  return { action: 'create', reason: 'Azure does not show the service to the subscription' };
}
