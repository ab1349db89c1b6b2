import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** The state of one simulator. `save` is called before an answer leaves, so a killed process forgets nothing it said. */
export interface Store<State> {
  readonly state: State;
  save(): void;
}

export function memoryStore<State>(initial: State): Store<State> {
  return {
    state: initial,
    save: () => {
      // Nothing to keep: the state lives as long as the process.
    },
  };
}

/** Keeps the state as one JSON file, replaced as a whole, so that a reader never sees half of it. */
export function fileStore<State>(path: string, schema: z.ZodType<State>, initial: () => State): Store<State> {
  const state = existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : initial();
  return {
    state,
    save() {
      mkdirSync(dirname(path), { recursive: true });
      const next = `${path}.next`;
      const file = openSync(next, 'w');
      writeSync(file, JSON.stringify(state));
      fsyncSync(file);
      closeSync(file);
      renameSync(next, path);
    },
  };
}

/** Makes the state a copy of another one, in the same objects, since a simulator's parts hold on to them. */
export function putInto(state: object, other: object): void {
  for (const [name, value] of Object.entries(structuredClone(other))) {
    const part: unknown = Reflect.get(state, name);
    if (!isPlain(part) || !isPlain(value)) Reflect.set(state, name, value);
    else {
      for (const key of Object.keys(part)) Reflect.deleteProperty(part, key);
      Object.assign(part, value);
    }
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
