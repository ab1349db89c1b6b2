import { runSize } from '../../../sandbox/rig/keptJournal.ts';
import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import type { PhaseName } from '../../../src/domain/run/phase.ts';
import type { CallsBefore } from './callsBySite.ts';
import { RETRY_AFTER_SECONDS, faultKinds } from './faultKinds.ts';
import type { FaultKind } from './faultKinds.ts';
import { soon, startFaultRig } from './faultRig.ts';
import { executedTwice, halfOwned, linksOfOurs } from './leftovers.ts';
import { siteKey } from './sites.ts';
import type { Site } from './sites.ts';

export type Times = 1 | 3 | 'always';

export interface Cell {
  readonly site: Site;
  readonly kind: FaultKind;
  readonly times: Times;
}

/** How a run ended. */
export interface End {
  /** What GET says. */
  readonly status: string;
  /** Of the problem; null when there is none. */
  readonly code: string | null;
  readonly cause: string;
  readonly remedy: string;
  /** The phase that failed. */
  readonly phase: PhaseName | null;
}

/** What became of one cell. */
export interface CellResult {
  readonly end: End;
  /** The same request posted again, when nothing goes wrong any more. */
  readonly later: End;
  /** Calls that met the fault. */
  readonly hits: number;
  /** Writes that were carried out a second time, the whitelist entry left out. */
  readonly secondWrites: readonly string[];
  readonly whitelistEntries: number;
  /** What a run that stopped has left without our mark, or linked. */
  readonly leftovers: readonly string[];
  /** Whether the next call came before the time that the other side asked for. */
  readonly impatient: boolean;
  readonly historyEvents: number;
  readonly customStatusBytes: number;
}

const SETTLED_MS = 300_000;

/** The wait for a response that never comes is in real time: a fault that stays must not last an hour of polling. */
const request = { ...sampleRequest, deadlineMinutes: 15 };

/** Runs connect while the calls of one place meet a fault, and posts the request once more when they do not any longer. */
export async function runCell({ site, kind, times }: Cell, before: CallsBefore): Promise<CellResult> {
  const fault = faultKinds[kind](site);
  const after = before.get(siteKey(site));
  if (!fault || after === undefined) throw new Error(`connect makes no call ${siteKey(site)}.`);
  const rig = await startFaultRig(kind === 'no answer in time' ? { timeLimits: soon } : {});
  try {
    rig.sandbox.faults.order({ call: site.call, fault, times, after });
    const id = await rig.post(request);
    await rig.runUntil(() => isOver(rig, id));
    const hits = rig.sandbox.traffic.of(site.call).filter(({ fault: met }) => met !== undefined).length;
    const impatient = kind === '429 with Retry-After' && !isReadByOthers(site) && isImpatient(rig, site);
    const end = endOf(await rig.finish(id));
    const leftovers = end.status === 'failed' ? [...halfOwned(rig), ...tooEarly(rig, site)] : halfOwned(rig);
    rig.sandbox.faults.clear();
    // What Azure had been asked for comes to its end.
    rig.clock.advanceTo(rig.clock.now() + SETTLED_MS);
    const later = endOf(await rig.connect(request));
    const { writes, whitelistEntries } = executedTwice(rig);
    return {
      ...{ end, later, hits, leftovers, whitelistEntries, impatient },
      secondWrites: writes,
      ...runSize(rig.journal),
    };
  } finally {
    await rig.stop();
  }
}

function isOver({ host }: Rig, id: string): boolean {
  return host
    .instances()
    .some(
      ({ instanceId, runtimeStatus }) =>
        instanceId === id && runtimeStatus !== 'Pending' && runtimeStatus !== 'Running',
    );
}

/** Whether the next call need not be the same step again: tokens serve all, and the wait for the allocation reads the endpoint beside the zone's steps. */
function isReadByOthers({ service, step, call }: Site): boolean {
  return (
    service === 'identity' || (call === 'privateEndpoints.get' && ['ensureZone', 'enterZone'].includes(step))
  );
}

/** Links of a run that ended before it had come to them. */
function tooEarly(rig: Rig, { step }: Site): readonly string[] {
  return ['ensureLink', 'readLink'].includes(step) ? [] : linksOfOurs(rig);
}

export function endOf(view: ConnectionBody): End {
  const failed = view.phases.find(({ state }) => state === 'failed');
  return {
    status: view.status,
    code: view.problem?.type.split('/').at(-1) ?? null,
    cause: view.problem?.cause ?? '',
    remedy: view.problem?.remedy ?? '',
    phase: failed ? (failed.phase as PhaseName) : null,
  };
}

/** Checks calls of the same URL only: others were not asked to wait. The identity's SDK keeps the time to itself. */
function isImpatient({ sandbox }: Rig, { call }: Site): boolean {
  const met = sandbox.traffic.of(call);
  return met.some((exchange, index) => {
    if (exchange.fault === undefined) return false;
    const next = met.slice(index + 1).find(({ request }) => request.url === exchange.request.url);
    return next !== undefined && next.at > exchange.at && next.at - exchange.at < RETRY_AFTER_SECONDS * 1000;
  });
}
