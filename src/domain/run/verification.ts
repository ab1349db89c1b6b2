import type { LastCheck } from '../connection/marks.ts';

/** What was found of the private path to one cluster. */
export interface Verification {
  readonly clusterId: string;
  readonly outcome:
    | 'verified'
    | 'wrong-address'
    | 'wrong-certificate'
    | 'unreachable'
    // The resolver gave no answer, which says nothing about the name.
    | 'no-answer'
    | 'not-verifiable-from-here';
  readonly detail: string;
}

/** Whether a later attempt may still verify it. */
export function isOpen({ outcome }: Verification): boolean {
  return outcome !== 'verified' && outcome !== 'not-verifiable-from-here';
}

/** A resolver that gives no answer proves nothing: then the path is not verifiable from here. */
export function isFault(verification: Verification): boolean {
  return isOpen(verification) && verification.outcome !== 'no-answer';
}

/** How the verification of all clusters ended. Null when no name was verified. */
export function checkOutcome(proofs: readonly Verification[]): LastCheck['outcome'] | null {
  if (proofs.length === 0) return null;
  if (proofs.some(isFault)) return 'failed';
  return proofs.every(({ outcome }) => outcome === 'verified') ? 'verified' : 'not-verifiable-from-here';
}
