import { parsePrivateLinkServiceId } from './resourceId.ts';

/** `<name>.<GUID>.<location>.azure.privatelinkservice`, as Azure makes it. */
const ALIAS =
  /^[a-z0-9][a-z0-9_.-]{0,79}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]{2,37}\.azure\.privatelinkservice$/i;

/** Whether a text names a private link service, by alias or by resource ID: what a private endpoint is connected to. */
export function isPrivateLinkService(text: string): boolean {
  return ALIAS.test(text) || parsePrivateLinkServiceId(text) !== null;
}
