import { failureCatalog, verbs } from '../../../src/domain/failure/catalog.ts';
import type { FailureCode, Verb } from '../../../src/domain/failure/catalog.ts';
import { remedyOf } from '../../../src/domain/failure/remedy.ts';

const codes = Object.keys(failureCatalog) as FailureCode[];
const table = codes.flatMap((code) => verbs.map((verb) => ({ code, verb, remedy: remedyOf(code, verb) })));

/** Words that lead astray after what was asked. */
const unfit: Readonly<Record<Verb, RegExp>> = {
  connect:
    /\bDELETE the connection again\b|…\/reconcile; it uses|request the plan|next sync then|send the request again/,
  reconcile:
    /\bDELETE the connection again\b|POST the request again; it uses|request the plan|next sync then|send the request again/,
  disconnect:
    /\bPOST\b|post again|…\/reconcile|request the plan|deadlineMinutes|`dns|privateEndpoint\.|next sync then|send the request|Upgrade|for more\./,
  plan: /\bDELETE the connection again\b|(?:again|reconcile); it uses|next sync then|send the request again/,
  read: /\bDELETE the connection again\b|(?:again|reconcile); it uses|next sync then|request the plan/,
  sync: /\bDELETE the connection again\b|(?:again|reconcile); it uses|request the plan|send the request again/,
};

test('each code has a remedy for each verb, and none that does not fit what was asked', () => {
  const missing = table.filter(({ remedy }) => remedy.length < 20 || !remedy.endsWith('.'));
  const misleading = table.filter(({ verb, remedy }) => unfit[verb].test(remedy));
  // A problem is shown when its run has ended, so nothing goes on by itself but the syncs.
  const idle = table.filter(({ remedy }) => /^Nothing\b|the run goes on|run continues/i.test(remedy));

  expect(missing).toEqual([]);
  expect(misleading).toEqual([]);
  expect(idle).toEqual([]);
});

test('a sentence for another verb is found, whichever code it belongs to', () => {
  const pairs = verbs.flatMap((asked) =>
    verbs
      .filter((other) => other !== asked)
      .map((other) => ({ asked, remedy: remedyOf('azure-locked', other) })),
  );

  expect(pairs.filter(({ asked, remedy }) => !unfit[asked].test(remedy))).toEqual([]);
});

const leadsTo: Readonly<Record<Verb, RegExp>> = {
  connect: /POST the request again/,
  reconcile: /POST …\/reconcile/,
  disconnect: /DELETE the connection again/,
  plan: /plan again/,
  read: /send the request again/,
  sync: /next sync/,
};

test.each(verbs)('what passes by itself leads back to what was asked: %s', (verb) => {
  const transient = table.filter(
    ({ code, verb: asked }) => asked === verb && failureCatalog[code].kind === 'transient',
  );
  const complete = ['endpoint-not-registered', 'reading-incomplete'];

  expect(transient.length).toBeGreaterThan(10);
  expect(
    transient.filter(({ code, remedy }) => !leadsTo[verb].test(remedy) && !complete.includes(code)),
  ).toEqual([]);
});

test('a change of the request is no cure by reconcile or sync, which repeat what is stored', () => {
  expect(remedyOf('subnet-full', 'connect')).toMatch(/another subnet\. Then POST the corrected request\.$/);
  expect(remedyOf('subnet-full', 'reconcile')).toMatch(
    /Then POST the corrected request: …\/reconcile repeats/,
  );
  expect(remedyOf('subnet-full', 'sync')).toMatch(/Then POST the corrected request: a sync repeats/);
  expect(remedyOf('subnet-full', 'plan')).toMatch(/Then request the plan of the corrected request\.$/);
});

test('the correction of one case replaces the general one, and what was asked stays', () => {
  const cure = 'Store a valid key in secret zilliz-api-key of vault kv-1.';

  expect(remedyOf('zilliz-key-rejected', 'disconnect', cure)).toBe(
    `${cure} Then DELETE the connection again; it removes what is left.`,
  );
});
