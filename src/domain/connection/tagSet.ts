import type { Tags } from '../resources/model.ts';

/** The tags of a resource, or the metadata of a record set. Azure compares names without case and may return them in another case. */
export class TagSet {
  /** The key is the name in lower case. The name as Azure returned it is kept for writes. */
  readonly #entries: ReadonlyMap<string, readonly [name: string, value: string]>;

  private constructor(entries: Iterable<readonly [string, string]>) {
    this.#entries = new Map([...entries].map(([name, value]) => [name.toLowerCase(), [name, value]]));
  }

  static of(tags: Tags): TagSet {
    return new TagSet(Object.entries(tags));
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): string | null {
    return this.#entries.get(name.toLowerCase())?.[1] ?? null;
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** The desired tags that are missing or have another value. */
  diff(desired: Tags): Tags {
    return Object.fromEntries(Object.entries(desired).filter(([name, value]) => this.get(name) !== value));
  }

  /** The tags after a write of the changes. An existing name keeps its spelling. */
  with(changes: Tags): TagSet {
    const changed = Object.entries(changes).map(
      ([name, value]) => [this.#entries.get(name.toLowerCase())?.[0] ?? name, value] as const,
    );
    return new TagSet([...this.#entries.values(), ...changed]);
  }

  /** The tags whose names, in lower case, and values satisfy the condition. */
  filter(condition: (name: string, value: string) => boolean): Tags {
    const entries = [...this.#entries].filter(([name, [, value]]) => condition(name, value));
    return Object.fromEntries(entries.map(([, entry]) => entry));
  }

  toTags(): Tags {
    return this.filter(() => true);
  }
}
