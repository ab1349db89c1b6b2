import Module from 'node:module';
import { functionsCore } from './coreModule.ts';

const CORE_ID = '@azure/functions-core';
let injected = false;

/**
 * Makes `require('@azure/functions-core')` answer with the stand-in, as the real worker does: a patch of
 * `Module.prototype.require`. Must run before the app's first import, because the library remembers a failure.
 */
export function injectCoreModule(): void {
  if (injected) return;
  injected = true;
  const original: unknown = Reflect.get(Module.prototype, 'require');
  if (typeof original !== 'function') throw new Error('This Node has no Module.prototype.require.');
  Reflect.set(Module.prototype, 'require', function (this: unknown, id: string): unknown {
    return id === CORE_ID ? functionsCore : Reflect.apply(original, this, [id]);
  });
}
