import { hasFailed } from '../connection/endpointHealth.ts';
import type { EndpointService, PrivateEndpoint } from './model.ts';
import type { Verdict } from './verdict.ts';

/**
 * Whether the subscription must be put on Zilliz's whitelist, which cannot be read back. `visible`: whether Azure shows the
 * service to the subscription; null where that cannot be asked, and then an endpoint that reached the service tells.
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
    return { action: 'keep', reason: 'Zilliz asks for no authorization' };
  if (visible === true) {
    return { action: 'keep', reason: 'Azure shows the service to the subscription already' };
  }
  if (visible === null && endpoint && !hasFailed(endpoint)) {
    return { action: 'keep', reason: 'a private endpoint of the subscription has reached the service' };
  }
  return { action: 'create', reason: 'Azure does not show the service to the subscription' };
}
