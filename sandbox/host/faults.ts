/** What may go wrong around a host's commits, messages and timers. Each member is asked each time; absent means never. */
export interface HostFaults {
  /** Nothing of the commit is stored yet. May end the process. */
  readonly beforeCommit?: (commit: CommitNotice) => void;
  /** The commit is stored and nothing has followed from it yet. May end the process. */
  readonly afterCommit?: (commit: CommitNotice) => void;
  /** The activity has done its work, and its result gets lost: it runs again after the visibility time-out. */
  readonly losesActivityResult?: (activity: {
    readonly instanceId: string;
    readonly name: string;
  }) => boolean;
  /** The activity has done its work, and its worker dies before it can answer: the host says that it failed. */
  readonly interruptsActivity?: (activity: { readonly instanceId: string; readonly name: string }) => boolean;
  /** How long a new instance stays Pending before its first episode; milliseconds of the clock. A busy hub takes minutes. */
  readonly pendingMs?: (instance: { readonly instanceId: string; readonly name: string }) => number;
  /** The message reaches the instance twice. */
  readonly duplicates?: (message: { readonly instanceId: string; readonly eventType: number }) => boolean;
  /** Puts the messages of one episode in another order; gets their number and returns a permutation of indexes. */
  readonly reorders?: (count: number) => readonly number[];
  /** How long an activity takes beside its own work; milliseconds of the clock. */
  readonly activityDelay?: () => number;
  /** How long a durable timer really waits that should wait so long; milliseconds. */
  readonly timerDelay?: (wantedMs: number) => number;
}

interface CommitNotice {
  /** Counted from 1 since the host was started. */
  readonly number: number;
  readonly types: readonly string[];
}

/**
 * The delay of a queue message with whole seconds, as seen on the real host (`reference`: asked 1000 ms, waited 40; asked
 * 2000, waited 1150): what is left after the commit is cut to full seconds, so each timer fires up to a second early.
 */
export function wholeSecondTimers(wantedMs: number): number {
  return Math.max(0, Math.ceil(wantedMs / 1000) - 1) * 1000;
}

/** `maxQueuePollingInterval` in host.json: an idle queue is looked at ever more rarely, down to this. */
const LONGEST_POLL_MS = 10_000;
/** Of the time for which a queue was idle. */
const POLL_SHARE = 0.2;

/** Timers as on the real host: cut to whole seconds, and seen when the queue, idle since, is looked at next. */
export function realTimers(seed: number): (wantedMs: number) => number {
  const random = mulberry32(seed);
  return (wantedMs) => {
    const visibleMs = wholeSecondTimers(wantedMs);
    return visibleMs + random() * Math.min(LONGEST_POLL_MS, visibleMs * POLL_SHARE);
  };
}

/**
 * Milliseconds from the scheduling of an activity to its result on the real host, where both go through a queue that is polled: 88
 * are recorded (`test/fixtures/durable-host`), each of these is the mean of eight of them in their order.
 */
const ACTIVITY_MS = [30, 65, 108, 354, 509, 676, 773, 818, 910, 970, 2042] as const;

/** Draws how long an activity takes beside its own work. */
function realActivities(seed: number): () => number {
  const random = mulberry32(seed);
  return () => ACTIVITY_MS[Math.floor(random() * ACTIVITY_MS.length)] ?? 0;
}

/** The clock of the real host: its timers and its activities. */
export function realClock(seed: number): Required<Pick<HostFaults, 'timerDelay' | 'activityDelay'>> {
  return { timerDelay: realTimers(seed), activityDelay: realActivities(seed) };
}

/** Faults by chance, repeatable by their seed. Rates lie between 0 and 1. */
export function seededFaults(
  seed: number,
  rates: { readonly duplicates?: number; readonly lostResults?: number; readonly earlyTimers?: boolean },
): HostFaults {
  const random = mulberry32(seed);
  return {
    duplicates: () => random() < (rates.duplicates ?? 0),
    losesActivityResult: () => random() < (rates.lostResults ?? 0),
    ...(rates.duplicates !== undefined && { reorders: (count) => shuffled(count, random) }),
    ...(rates.earlyTimers === true && {
      timerDelay: (wantedMs) => Math.max(0, wantedMs - Math.floor(random() * 1000)),
    }),
  };
}

function shuffled(count: number, random: () => number): readonly number[] {
  return Array.from({ length: count }, (_, index) => ({ index, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ index }) => index);
}

/** A small generator of good quality: Math.random cannot be seeded. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
