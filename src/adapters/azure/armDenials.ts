import type { FailureCode } from '../../domain/failure/catalog.ts';
import { grant } from '../../domain/plan/permissions.ts';
import { enableSubscription, registerProvider } from '../../domain/plan/subscriptionGuards.ts';

/** The messages of codes that end in AuthorizationFailed: each has action and scope, in this order, and one has a name. */
const lacks = (action: string, scope: string): string => `the identity lacks ${action} at ${scope}`;
const denials: readonly (readonly [RegExp, (action: string, scope: string, name: string) => string])[] = [
  [/perform action\(s\) '([^']+)' on the linked scope\(s\) '([^']+)'/, lacks],
  [
    /perform action '([^']+)' on the .* is blocked by deny assignments on the '\d+' linked scope\(s\) '([^']+)'/,
    (action, scope) => `a deny assignment refuses the identity ${action} at ${scope}`,
  ],
  [
    /perform action '([^']+)' on scope '([^']+)'; however, [^']* because of the deny assignment with name '(.+?)' and Id '/,
    (action, scope, name) => `the deny assignment ${name} refuses the identity ${action} at ${scope}`,
  ],
  [/perform action '([^']+)' over scope '([^']+)'/, lacks],
];

/** The object ID that a refusal names. */
const principalIn = (message: string): string | null =>
  /with object id '([0-9a-f-]{36})'/i.exec(message)?.[1] ?? null;

/** A right that a role lacks or a deny assignment takes, as the message of ARM has it. */
export interface Denial {
  readonly action: string;
  readonly scope: string;
  readonly text: string;
}

export function denialIn(message: string): Denial | null {
  for (const [pattern, textOf] of denials) {
    const [found, action = '', scope = '', name = ''] = pattern.exec(message) ?? [];
    if (found !== undefined) return { action, scope, text: textOf(action, scope, name) };
  }
  return null;
}

/** The command that cures a refusal whose names are known. */
export function cureOf(meaning: FailureCode, message: string, path = ''): { readonly cure?: string } {
  if (meaning === 'azure-permission-denied') {
    const denial = denialIn(message);
    return denial === null ? {} : { cure: grant({ ...denial, principalId: principalIn(message) }) };
  }
  const subscription = /\/subscriptions\/([0-9a-f-]{36})/i.exec(path)?.[1];
  if (subscription === undefined) return {};
  if (meaning === 'subscription-disabled') return { cure: enableSubscription(subscription) };
  const namespace = /namespace '([\w.]+)'/.exec(message)?.[1];
  if (meaning !== 'provider-not-registered' || namespace === undefined) return {};
  return { cure: registerProvider(namespace, subscription) };
}
