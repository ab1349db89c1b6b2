/** A request as a simulator sees it: path and query are decoded, JSON is parsed. */
export interface Call {
  readonly method: string;
  readonly url: string;
  /** Path without query, still percent-encoded, exactly as the caller wrote it. */
  readonly path: string;
  /** Decoded values under decoded, lower-case keys: Key Vault's client sends `api%2Dversion`. */
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded values of the `{name}` segments of the operation's path. */
  readonly params: Readonly<Record<string, string>>;
  /** The parsed JSON body; undefined when there was none or it was no JSON. */
  readonly body: unknown;
  readonly text: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
}

/** One thing a simulated service can be asked. Its name is what faults are ordered for and what traffic is counted by. */
export interface Operation {
  /** `service.verb`, e.g. `privateEndpoints.put`. */
  readonly name: string;
  readonly method: string;
  /** Pattern with `{name}` segments, compared without regard to case, e.g. `/subscriptions/{subscription}`. */
  readonly path: string;
  /** Whether it may change the state of the service. */
  readonly write: boolean;
  handle(call: Call): Reply | Promise<Reply>;
}

/** A {@link Call} without what only a matched operation can know. */
export type UnmatchedCall = Omit<Call, 'params'>;

/** Finds operations by method and path. The first that fits, in the order given, wins. */
export function operationFinder(
  operations: readonly Operation[],
): (call: UnmatchedCall) => { operation: Operation; call: Call } | undefined {
  const compiled = operations.map((operation) => ({ operation, segments: operation.path.split('/') }));
  return (call) => {
    const segments = call.path.replace(/\/+$/, '').split('/');
    for (const { operation, segments: pattern } of compiled) {
      if (operation.method !== call.method) continue;
      const params = matchSegments(pattern, segments);
      if (params) return { operation, call: { ...call, params } };
    }
    return undefined;
  };
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = decode(segments[index] ?? '');
    if (expected.startsWith('{')) {
      if (actual === '') return undefined;
      params[expected.slice(1, -1)] = actual;
    } else if (expected.toLowerCase() !== actual.toLowerCase()) return undefined;
  }
  return params;
}

/** Percent-decoding that leaves a malformed sequence unchanged instead of throwing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
