/** Returns the port with some methods replaced. The port may be a plain object or an instance of a class. */
export function withMethods<P extends object>(port: P, methods: Partial<P>): P {
  return new Proxy(port, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name);
      if (own !== undefined) return own;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const bound: unknown = member.bind(target);
      return bound;
    },
  });
}

const TTL_MS = 30_000;

/** Keeps results for display for half a minute: a page reads every few seconds, and Azure Private DNS limits reads. */
export class TtlCache<T> {
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly at: number; readonly result: Promise<T> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the cached result for the ID, or reads it. A failed read is not cached. */
  of(id: string, read: () => Promise<T>): Promise<T> {
    const now = this.#now();
    for (const [old, { at }] of this.#entries) if (now - at >= TTL_MS) this.#entries.delete(old);
    const cached = this.#entries.get(id);
    if (cached) return cached.result;
    const result = read();
    this.#entries.set(id, { at: now, result });
    result.catch(() => this.#entries.delete(id));
    return result;
  }
}
