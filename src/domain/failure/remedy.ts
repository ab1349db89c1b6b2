import { failureCatalog } from './catalog.ts';
import type { CatalogEntry, FailureCode, Verb } from './catalog.ts';

/** What to request after the correction. */
const again: Readonly<Record<Verb, string>> = {
  connect: 'Then POST the request again; it uses what already exists.',
  reconcile: 'Then POST …/reconcile; it uses what already exists.',
  disconnect: 'Then DELETE the connection again; it removes what is left.',
  plan: 'Then request the plan again.',
  read: 'Then send the request again.',
  sync: 'The next sync then tries again by itself.',
};

/** What to request where the correction is a change of the request. */
const changed: Readonly<Record<Verb, string>> = {
  connect: 'Then POST the corrected request.',
  reconcile: 'Then POST the corrected request: …/reconcile repeats what is stored.',
  disconnect: 'Correct what the detail names. Then DELETE the connection again; it removes what is left.',
  plan: 'Then request the plan of the corrected request.',
  read: 'Then send the corrected request.',
  sync: 'Then POST the corrected request: a sync repeats what is stored.',
};

/**
 * The remedy of a failure: what to correct, and what to request then, which depends on what was asked. `cure` is the correction
 * of this one case, with the names that the app knows; it replaces the general one of the catalogue.
 */
export function remedyOf(code: FailureCode, verb: Verb, cure?: string): string {
  const { remedy, or, then, by }: CatalogEntry = failureCatalog[code];
  const whole = by?.[verb];
  if (cure === undefined && whole !== undefined) return whole;
  const also = or === undefined || verb === 'disconnect' ? '' : ` ${or}`;
  const correction = `${cure ?? remedy}${also}`;
  if (then === 'nothing') return correction;
  if (then === undefined) return `${correction} ${again[verb]}`;
  return verb === 'disconnect' ? changed.disconnect : `${correction} ${changed[verb]}`;
}
