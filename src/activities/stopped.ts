import { ProvisioningError } from '../domain/failure.ts';
import type { FailureCode } from '../domain/failureCatalog.ts';
import { failureCatalog } from '../domain/failureCatalog.ts';

/** A failure of our own finding, with the kind that the catalogue gives its code. */
export function stopped(code: FailureCode, message: string): ProvisioningError {
  return new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}
