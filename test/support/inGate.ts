const isGate = process.env.DEEP_SEED === undefined && process.env.FAULTS === undefined;

/**
 * The cases of a table that the gate runs, by their names; `npm run test:deep` and `npm run test:faults` run all of them, each night. A case that fails
 * there is added here. The name of a case is the case itself, or its first column or property.
 */
export function inGate<T>(cases: readonly T[], ...names: readonly string[]): readonly T[] {
  const all = new Map(cases.map((one) => [nameOf(one), one]));
  const chosen = names.map((name) => {
    const one = all.get(name);
    if (one === undefined) throw new Error(`There is no case ${name} among ${[...all.keys()].join(', ')}.`);
    return one;
  });
  return isGate ? chosen : cases;
}

/**
 * A whole test that the gate leaves to the night, in place of `it`: a further member of a kind of which the gate runs another, or hours of virtual time.
 * The gate counts it as skipped. One that fails in the night becomes an `it`.
 */
export const nightly = isGate ? it.skip : it;

function nameOf(one: unknown): string {
  return String(typeof one === 'object' && one !== null ? Object.values(one)[0] : one);
}
