import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import type { Failure } from '../../src/domain/failure/failure.ts';

/** The failure that a call throws. Anything else that it does is a fault of the test. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  let outcome: unknown;
  try {
    outcome = await call;
  } catch (error) {
    if (error instanceof ProvisioningError) return error.failure;
    throw error;
  }
  throw new Error(`no failure, but ${JSON.stringify(outcome)}`);
}
