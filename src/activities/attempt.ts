import { ProvisioningError } from '../domain/failure.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';

/** A reading whose lasting failure stands beside the others. One that time may cure is thrown: the step is tried again. */
export async function attempt<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeeded(await read());
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.kind !== 'transient')
      return failed(error.failure);
    throw error;
  }
}
