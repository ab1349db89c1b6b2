import { parseResourceId, sameResource } from '../connection/resourceId.ts';
import type { Connection } from '../connection/connection.ts';
import type { Failure, Outcome } from '../failure/failure.ts';
import type { Fault } from '../run/status.ts';
import type { GuardRow } from './guards.ts';
import { verbOf } from './guards.ts';
import type { PlanRow } from './rows.ts';
import type { Warning } from './warnings.ts';

// What refuses every write in a subscription, with every role: its state, and a resource provider that is not registered.

/** The provider of everything that this app creates in Azure. */
const PROVIDER = 'Microsoft.Network';

/** The states of a subscription and of its resource provider, as Azure names them, or why they could not be read. */
export interface ReadSubscription {
  readonly subscriptionId: string;
  readonly state: Outcome<string>;
  readonly registration: Outcome<string>;
}

/** Returns the subscriptions that the rows write to. */
export function subscriptionsOf(rows: readonly PlanRow[]): readonly string[] {
  const written = rows.filter((row) => verbOf(row) === 'write');
  const all = written.flatMap(({ id }) => parseResourceId(id)?.subscriptionId ?? []);
  return all.filter((id, index) => all.findIndex((other) => sameResource(other, id)) === index);
}

interface SubscriptionGuards {
  readonly rows: readonly GuardRow[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
}

/** Judges what was read of the subscriptions of a plan. */
export function subscriptionGuards(
  connection: Connection,
  rows: readonly PlanRow[],
  read: readonly ReadSubscription[],
): SubscriptionGuards {
  const findings = read.flatMap(({ subscriptionId, state, registration }) => {
    const pointer = pointerTo(connection, subscriptionId);
    const kinds = new Set(
      rows
        .filter(({ id }) => sameResource(parseResourceId(id)?.subscriptionId ?? '', subscriptionId))
        .map(({ resource }) => resource),
    );
    const place = { scope: `/subscriptions/${subscriptionId}`, pointer };
    const ofState = { guard: 'subscription', resource: [...kinds].join(', '), ...place } as const;
    const ofProvider = { guard: 'resource provider', resource: PROVIDER, ...place } as const;
    return [
      { ...ofState, ...judgeState(subscriptionId, state) },
      { ...ofProvider, ...judgeRegistration(subscriptionId, registration) },
    ];
  });
  return {
    rows: findings.map(({ guard, scope, resource, result, detail }) => ({
      ...{ guard, scope, resource, result, detail },
    })),
    faults: findings.flatMap(({ fault, pointer, detail }) => (fault ? { ...fault, pointer, detail } : [])),
    warnings: findings.flatMap(({ warning, scope, detail }) =>
      warning ? { code: warning, detail: `${scope}: ${detail}` } : [],
    ),
  };
}

interface Judgement {
  readonly result: GuardRow['result'];
  readonly detail: string;
  readonly fault?: Pick<Fault, 'code' | 'cure'>;
  readonly warning?: Warning['code'];
}

/** Azure takes reads and deletions in these states, and nothing else. Past due, it takes all (reference: subscription states). */
const READ_ONLY = ['disabled', 'warned', 'expired', 'deleted'];

function judgeState(subscriptionId: string, state: Outcome<string>): Judgement {
  if (!state.ok) return unread('whether the subscription takes writes', state.failure);
  const detail = `the state of the subscription ${subscriptionId} is ${state.value}`;
  if (READ_ONLY.includes(state.value.toLowerCase())) {
    const fault = { code: 'subscription-disabled', cure: enableSubscription(subscriptionId) } as const;
    return { result: 'denied', detail: `${detail}: Azure refuses every write in it`, fault };
  }
  if (state.value.toLowerCase() !== 'pastdue') return { result: 'nothing-found-from-here', detail };
  const warned = `${detail}: it takes writes until its unpaid invoice disables it`;
  return { result: 'nothing-found-from-here', detail: warned, warning: 'subscription-past-due' };
}

/** While a registration goes on, writes are taken already. */
const UNREGISTERED = ['notregistered', 'unregistered', 'unregistering'];

function judgeRegistration(subscriptionId: string, registration: Outcome<string>): Judgement {
  if (!registration.ok) return unread(`whether ${PROVIDER} is registered`, registration.failure);
  const detail = `${PROVIDER} is ${registration.value} in the subscription ${subscriptionId}`;
  if (!UNREGISTERED.includes(registration.value.toLowerCase()))
    return { result: 'nothing-found-from-here', detail };
  const fault = {
    code: 'provider-not-registered',
    cure: registerProvider(PROVIDER, subscriptionId),
  } as const;
  return { result: 'denied', detail, fault };
}

/** A subscription that Azure does not know is another fault than one that may not be read. */
function unread(what: string, { code, message, cure }: Failure): Judgement {
  if (code === 'subscription-not-found') {
    return { result: 'denied', detail: message, fault: { code, ...(cure !== undefined && { cure }) } };
  }
  const detail = `${what} is not known: ${message}`;
  return { result: 'could-not-ask', detail, warning: 'subscription-not-checked' };
}

function pointerTo(connection: Connection, subscriptionId: string): string {
  if (sameResource(subscriptionId, connection.subscriptionId)) return '/subnetId';
  return connection.spec.dns.zoneResourceGroupId === null ? '/dns' : '/dns/zoneResourceGroupId';
}

/** What to do about a subscription that takes no writes, with a command that shows when it does. */
export function enableSubscription(subscriptionId: string): string {
  const command = `az rest --method get --url "/subscriptions/${subscriptionId}?api-version=2022-12-01" --query state -o tsv`;
  return `Have the account administrator of the subscription ${subscriptionId} reactivate it (portal: Subscriptions, Reactivate; an unpaid invoice or a spending limit is the usual reason). \`${command}\` shows Enabled when it takes writes again.`;
}

/** The command that registers a resource provider; it returns when Azure has done so. */
export function registerProvider(namespace: string, subscriptionId: string): string {
  const command = `az provider register --namespace ${namespace} --subscription ${subscriptionId} --wait`;
  return `Register the resource provider, as Owner or Contributor of the subscription: \`${command}\`.`;
}
