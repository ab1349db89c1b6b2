import type { Parsed } from '../domain/connection/request.ts';
import { pointerOf } from '../domain/connection/request.ts';

/** No request needs more. A body of `[[[[…` must not use up the stack, nor one of many fields the time. */
const MOST_LEVELS = 20;
const MOST_VALUES = 2000;

const SPACE = /[ \t\n\r]*/y;
const TEXT = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/**
 * Parses a body as JSON (RFC 8259). Stricter than `JSON.parse`: a name that is given twice, a text that is not valid Unicode
 * and a number that JavaScript cannot hold are faults, each with its JSON pointer; a syntax error has its position.
 */
export function parseJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, value: new JsonReader(text).document() };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const { pointer, message: detail } = error;
    return { ok: false, faults: [{ pointer, code: 'invalid-request', detail }] };
  }
}

class JsonFault extends Error {
  readonly pointer: string;

  constructor(path: readonly string[], message: string) {
    super(message);
    this.pointer = pointerOf(path);
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  #values = 0;
  /** Where the reader is: the names and positions from the root. */
  readonly #path: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    if (this.#text.trim() === '') throw new JsonFault([], 'the body is missing');
    const value = this.#value();
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#syntax('the end');
    return value;
  }

  #value(): unknown {
    this.#values += 1;
    if (this.#values > MOST_VALUES) throw new JsonFault([], `the body has more than ${MOST_VALUES} values`);
    if (this.#path.length > MOST_LEVELS)
      throw new JsonFault([], `the body is nested deeper than ${MOST_LEVELS} levels`);
    if (this.#take('{')) return this.#object();
    if (this.#take('[')) return this.#array();
    if (this.#text[this.#at] === '"') return this.#string();
    const word = this.#match(WORD);
    if (word !== null) return words[word];
    const digits = this.#match(NUMBER);
    if (digits === null) throw this.#syntax('a value');
    const number = Number(digits);
    if (!Number.isFinite(number)) throw this.#fault('is too large a number');
    return number;
  }

  #object(): object {
    const entries = new Map<string, unknown>();
    if (!this.#take('}')) {
      do {
        this.#match(SPACE);
        if (this.#text[this.#at] !== '"') throw this.#syntax('a name in double quotes');
        const name = this.#string();
        this.#path.push(name);
        if (entries.has(name)) throw this.#fault('is given twice');
        this.#expect(':');
        entries.set(name, this.#value());
        this.#path.pop();
      } while (this.#take(','));
      this.#expect('}');
    }
    // Own properties, also for names like __proto__.
    return Object.fromEntries(entries);
  }

  #array(): readonly unknown[] {
    const entries: unknown[] = [];
    if (!this.#take(']')) {
      do {
        this.#path.push(String(entries.length));
        entries.push(this.#value());
        this.#path.pop();
      } while (this.#take(','));
      this.#expect(']');
    }
    return entries;
  }

  #string(): string {
    const token = this.#match(TEXT);
    if (token === null)
      throw this.#syntax('the end of a text, without control characters or unknown escapes');
    const value: unknown = JSON.parse(token);
    if (typeof value !== 'string' || /\p{Surrogate}|\0/u.test(value))
      throw this.#fault('has a character that is not allowed: NUL, or half of a surrogate pair');
    return value;
  }

  #take(sign: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#syntax(`"${sign}"`);
  }

  #match(token: RegExp): string | null {
    token.lastIndex = this.#at;
    const [found] = token.exec(this.#text) ?? [];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #fault(detail: string): JsonFault {
    return new JsonFault(this.#path, detail);
  }

  #syntax(expected: string): JsonFault {
    const lines = this.#text.slice(0, this.#at).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
    return new JsonFault([], `the body is not JSON: ${expected} is expected at ${place}`);
  }
}
