/**
 * The share of a table of cases that the gate runs: every nth, always the same ones. `npm run test:deep` runs all of them, each
 * night. A case that fails there belongs into the gate by name.
 */
export function gateShare<T>(cases: readonly T[], nth: number): readonly T[] {
  return process.env.DEEP_SEED === undefined ? cases.filter((_, index) => index % nth === 0) : cases;
}
