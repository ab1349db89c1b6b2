import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The recordings of the real host; see SOURCE.md beside them. */
export const RECORDINGS = join(import.meta.dirname, '../fixtures/durable-host');

export interface RecordedEvent {
  readonly EventType: number;
  readonly EventId: number;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly Name?: string;
}

export interface RecordedEpisode {
  /** What the orchestrator function was called with. */
  readonly input: { readonly instanceId: string; readonly history: readonly RecordedEvent[] };
  readonly result: unknown;
  readonly error: string | null;
}

export interface RecordedCase {
  readonly case: string;
  readonly input: unknown;
  readonly httpStatus: number;
  readonly status: Readonly<Record<string, unknown>>;
  readonly sdkStatus: unknown;
  readonly episodes: readonly RecordedEpisode[];
}

export interface RecordedExchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly response: RecordedResponse;
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export const cases: readonly RecordedCase[] = readdirSync(join(RECORDINGS, 'cases')).map(
  (file) => JSON.parse(readFileSync(join(RECORDINGS, 'cases', file), 'utf8')) as RecordedCase,
);

export const exchanges = JSON.parse(
  readFileSync(join(RECORDINGS, 'http.json'), 'utf8'),
) as readonly RecordedExchange[];

/** The keys of the recorded host, which stand in some headers as they were. */
export const RECORDED_KEYS: Readonly<Record<string, 'master' | 'function'>> = {
  'L81udyDAciKg3CCPx5wiH2MWQrKxsaExQB3LNaoyRiaXc3rwolHtLg==': 'master',
  'NJ5i16EEd_XwC0gxlxn9VlwbY4bdrA0XWZTPBrm0IYXDAXMeFJJ0Mw==': 'function',
};

/** Long payloads are cut in the recordings, with their length in the text; all of them repeat one letter. */
export function withWholeTexts(value: unknown): unknown {
  if (typeof value === 'string') {
    const cut = /^("?)(.)\2*…\((\d+) characters\)$/.exec(value);
    if (!cut) return value;
    const [, quote = '', letter = '', length] = cut;
    return quote + letter.repeat(Number(length) - 2 * quote.length) + quote;
  }
  if (Array.isArray(value)) return value.map(withWholeTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withWholeTexts(item)]));
}
