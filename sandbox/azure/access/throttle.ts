import type { Instant } from '../../kernel/clock.ts';
import type { UnmatchedCall } from '../../kernel/operation.ts';
import type { ArmFault } from '../protocol/armFault.ts';
import { armFault } from '../protocol/armFault.ts';
import { segmentAfter } from '../resourceId.ts';
import type { Budget, BudgetName } from '../state/accessSchema.ts';
import type { World } from '../state/world.ts';
import type { Principal } from './permissions.ts';

/**
 * Sizes as the recordings' headers show them (reads 7499/15, writes and deletes 399 left after one call; private DNS 499 and
 * 11999), refill rates and the five-minute window of private DNS as documented (azure.md §3). The documents count private DNS
 * per subscription, so here all principals share it.
 */
const usualBudgets: Readonly<Record<BudgetName, Budget>> = {
  reads: { size: 500, perSecond: 25, retryAfter: true },
  writes: { size: 400, perSecond: 10, retryAfter: true },
  deletes: { size: 400, perSecond: 10, retryAfter: true },
  privateDnsReads: { size: 500, windowMs: 300_000, retryAfter: true },
  privateDnsWrites: { size: 12_000, windowMs: 300_000, retryAfter: true },
};

/** Headers speak of a bucket over all subscriptions beside the one of the subscription; recorded as 15 times its size. */
const GLOBAL_FACTOR = 15;

/** What 569 recorded headers say of the private DNS calls that are left, however many were made: one to four below the size. */
const RECORDED_BELOW = [1, 1, 1, 2, 1, 1, 3, 1, 1, 4] as const;

interface Bucket {
  left: number;
  since: Instant;
}

/** Counts calls against budgets. Kept in memory only: a restart of the service forgets them. */
export interface Throttle {
  /** Takes one call from the budget that it falls under; throws 429 when that is spent. */
  take(call: UnmatchedCall, principal: Principal): void;
  /** The `x-ms-ratelimit-remaining-*` headers of an answer. */
  headers(call: UnmatchedCall, principal: Principal | undefined): Readonly<Record<string, string>>;
}

export function openThrottle(world: World): Throttle {
  const buckets = new Map<string, Bucket>();
  const budgetOf = (name: BudgetName): Budget => world.state.access.budgets[name] ?? usualBudgets[name];
  const bucketOf = (name: BudgetName, call: UnmatchedCall, principal: Principal): Bucket => {
    const budget = budgetOf(name);
    const subscription = segmentAfter(call.path, 'subscriptions')?.toLowerCase();
    const key = [name, subscription, ofPrivateDns(name) ? '' : principal.objectId].join(' ');
    const bucket = refilled(buckets.get(key), budget, world.now());
    buckets.set(key, bucket);
    return bucket;
  };

  return {
    take(call, principal) {
      const name = budgetName(call);
      const bucket = bucketOf(name, call, principal);
      if (bucket.left < 1) throw throttled(name, budgetOf(name), bucket, call, principal, world.now());
      bucket.left -= 1;
    },
    headers(call, principal) {
      const name = budgetName(call);
      if (!principal || segmentAfter(call.path, 'subscriptions') === undefined) return {};
      const budget = budgetOf(name);
      const left = Math.floor(bucketOf(name, call, principal).left);
      if (ofPrivateDns(name)) {
        const recorded = budget.size - (RECORDED_BELOW[left % RECORDED_BELOW.length] ?? 1);
        const figure = budget.header === 'falling' ? left : Math.max(0, recorded);
        return { 'x-ms-ratelimit-remaining-subscription-resource-requests': String(figure) };
      }
      const everywhere = String(left + budget.size * (GLOBAL_FACTOR - 1));
      return {
        [`x-ms-ratelimit-remaining-subscription-global-${name}`]: everywhere,
        ...(name !== 'reads' && { [`x-ms-ratelimit-remaining-subscription-${name}`]: String(left) }),
      };
    },
  };
}

function ofPrivateDns(name: BudgetName): boolean {
  return name === 'privateDnsReads' || name === 'privateDnsWrites';
}

function budgetName(call: UnmatchedCall): BudgetName {
  const reads = call.method === 'GET' || call.method === 'HEAD';
  if (/\/privateDns(Zones|Operation)/i.test(call.path)) return reads ? 'privateDnsReads' : 'privateDnsWrites';
  if (reads) return 'reads';
  return call.method === 'DELETE' ? 'deletes' : 'writes';
}

function refilled(bucket: Bucket | undefined, budget: Budget, now: Instant): Bucket {
  if (!bucket) return { left: budget.size, since: now };
  if (budget.perSecond === undefined) {
    const over = now - bucket.since >= (budget.windowMs ?? Infinity);
    return over ? { left: budget.size, since: now } : bucket;
  }
  const left = bucket.left + ((now - bucket.since) / 1000) * budget.perSecond;
  return { left: Math.min(budget.size, left), since: now };
}

function throttled(
  name: BudgetName,
  budget: Budget,
  bucket: Bucket,
  call: UnmatchedCall,
  principal: Principal,
  now: Instant,
): ArmFault {
  const waitMs =
    budget.perSecond === undefined
      ? bucket.since + (budget.windowMs ?? 0) - now
      : ((1 - bucket.left) / budget.perSecond) * 1000;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const headers = budget.retryAfter ? { 'retry-after': String(seconds) } : {};
  if (ofPrivateDns(name)) {
    return armFault(
      429,
      { code: 'TooManyRequests', message: 'The request was throttled. Please retry after some time.' },
      { headers },
    );
  }
  const subscription = segmentAfter(call.path, 'subscriptions') ?? '';
  return armFault(
    429,
    {
      code: 'SubscriptionRequestsThrottled',
      message: `Number of '${name}' requests for subscription '${subscription}' actor '${principal.objectId}' exceeded. Please try again after '${seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    },
    { gateway: true, headers },
  );
}
