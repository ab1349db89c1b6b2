import type { Reading } from '../readAs.ts';
import type { Activities } from './activities.ts';

/** A list of a zone serves all runs of a process for this time. A write after a change by others fails by its ETag, and is repeated. */
const SHARED_MS = 5000;
/** A zone is created only if there is none (If-None-Match), and the plan has just listed the zones. */
const ZONES_OF_PLAN_MS = 10 * 60_000;
/** A sweep wakes all syncs: those of one process read subscriptions and private endpoints once. */
const ONE_SWEEP_MS = 120_000;

const shared: Reading = { reader: 'connect', dnsAgeMs: SHARED_MS };
const background: Reading = { reader: 'background' };

/** Activities that do not read afresh for a run that connects or disconnects. */
const readings: { readonly [Name in keyof Activities]?: Reading } = {
  ...{ preflight: shared, ensureZone: { ...shared, zonesAgeMs: ZONES_OF_PLAN_MS } },
  ...{ ensureRecords: shared, ensureLink: shared, readLink: shared },
  planTearDown: { reader: 'connect' },
  planSync: background,
  ...{ pruneRecords: { ...background, afresh: true }, removeClusterZone: { ...background, afresh: true } },
};

export function readingOf(activity: string, input: unknown): Reading {
  const [, reading = { reader: 'connect', afresh: true }] =
    Object.entries(readings).find(([name]) => name === activity) ?? [];
  return isOfSweep(input) ? { ...reading, resourcesAgeMs: ONE_SWEEP_MS } : reading;
}

function isOfSweep(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'ofSweep' in input && input.ofSweep === true;
}
