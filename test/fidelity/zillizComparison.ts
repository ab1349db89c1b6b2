import type { RecordedAnswer } from './zillizRecordings.ts';

/** What may differ between a recorded answer and the simulator's, and why. Nothing else may. */
export const EXCUSES = {
  generated: 'IDs, times of creation and passwords, which are new each time; their form is compared',
  prompt: 'sentences for people, which the simulator words by itself',
  newer: 'fields that the documentation has and the recordings of 2025 do not have yet',
} as const;

export type Excuse = keyof typeof EXCUSES;

/** Fields that a recording may lack, by documentation. */
const NEWER_FIELDS = new Set([
  // Projects; the oldest recordings lack the plan, too.
  ...['plan', 'description', 'regionIds', 'orgType'],
  // Regions.
  'supportedClusterTypes',
  // Clusters.
  ...['deploymentOption', 'globalClusterMeta', 'replica', 'autoscaling'],
]);

export interface Comparison {
  readonly recorded: unknown;
  readonly local: unknown;
  /** What had to be excused. */
  readonly excuses: ReadonlySet<Excuse>;
}

/** Both responses in the form in which they must be equal. */
export function compare(recorded: RecordedAnswer, local: RecordedAnswer): Comparison {
  const excuses = new Set<Excuse>();
  const pruned = withoutNewer(local, recorded, excuses);
  return {
    recorded: normalised(recorded, excuses),
    local: normalised(pruned, excuses),
    excuses,
  };
}

function withoutNewer(local: unknown, recorded: unknown, excuses: Set<Excuse>): unknown {
  if (Array.isArray(local) && Array.isArray(recorded)) {
    return local.map((item: unknown, index) => withoutNewer(item, recorded[index], excuses));
  }
  if (!isRecord(local) || !isRecord(recorded)) return local;
  const kept = Object.entries(local).filter(([name]) => {
    const isNewer = !(name in recorded) && NEWER_FIELDS.has(name);
    if (isNewer) excuses.add('newer');
    return !isNewer;
  });
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutNewer(item, recorded[name], excuses)]));
}

const GENERATED: readonly (readonly [RegExp, string])[] = [
  [/\b(in0\d)-[0-9a-f]{15}\b/g, '$1-ID'],
  [/\bproj-[0-9a-f]{22}\b/g, 'proj-ID'],
  [/\bdb_[0-9a-f]{15}\b/g, 'db_ID'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME'],
];

function normalised(value: unknown, excuses: Set<Excuse>, name = ''): unknown {
  if (typeof value === 'string') return normalisedText(value, excuses, name);
  if (Array.isArray(value)) return value.map((item) => normalised(item, excuses));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, normalised(item, excuses, key)]),
  );
}

function normalisedText(text: string, excuses: Set<Excuse>, name: string): string {
  if (name === 'prompt') return excused(text, 'PROMPT', 'prompt', excuses);
  if (name === 'password') return excused(text, 'PASSWORD', 'generated', excuses);
  const result = GENERATED.reduce((changed, [pattern, word]) => changed.replace(pattern, word), text);
  return result === text ? text : excused(text, result, 'generated', excuses);
}

function excused(text: string, replacement: string, excuse: Excuse, excuses: Set<Excuse>): string {
  if (text !== '') excuses.add(excuse);
  return text === '' ? text : replacement;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
