import type { HistoryEvent } from '../../../sandbox/host/engine/history.ts';
import type { Exchange } from '../../../sandbox/kernel/traffic.ts';
import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { siteKey, sites } from './sites.ts';

/**
 * For each site of a run: how many calls of the same operation come before the first one that it makes. Without those that
 * a renewed run makes when it goes through its steps again.
 */
export type CallsBefore = ReadonlyMap<string, number>;

/** Watches a run that nothing disturbs. */
export async function callsBySite(rig: Rig): Promise<CallsBefore> {
  const before = new Map<string, number>();
  const seen = new Set<string>();
  let again: ReadonlySet<string> = new Set();
  let events = 0;
  const { traffic } = rig.sandbox;
  const record = traffic.record.bind(traffic);
  traffic.record = (exchange: Exchange): void => {
    const history = historyOf(rig);
    // It starts over when the run renews itself.
    if (history.length < events) again = new Set(seen);
    events = history.length;
    const step = stepUnderWay(history, exchange.operation);
    seen.add(step);
    const key = siteKey({ step, call: exchange.operation });
    const isNew = step !== OUTSIDE && !again.has(step) && !before.has(key);
    if (isNew) before.set(key, traffic.of(exchange.operation).length);
    record(exchange);
  };
  await rig.finish(await rig.post(sampleRequest));
  traffic.record = record;
  return before;
}

/** What GET reads, beside the run. */
const OUTSIDE = 'outside the run';

function historyOf({ host }: Rig): readonly HistoryEvent[] {
  const [instance] = host.instances();
  return host.history(instance?.instanceId ?? '');
}

/** The activity that is under way and makes the call. Several run together: then the one of which the table has the call. */
function stepUnderWay(history: readonly HistoryEvent[], call: string): string {
  const open = new Map<number, string>();
  for (const event of history) {
    if (event.EventType === 4) open.set(event.EventId, event.Name);
    if (event.EventType === 5) open.delete(event.TaskScheduledId);
  }
  const steps = [...open.values()];
  const known = steps.find((step) => sites.some((site) => site.step === step && site.call === call));
  return known ?? steps.at(-1) ?? OUTSIDE;
}
