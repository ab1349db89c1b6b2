import { failureCatalog } from '../domain/failure/catalog.ts';
import type { Failure, FailureSource } from '../domain/failure/failure.ts';

/** Statuses by which an answer sends its reader to another address. */
const REDIRECTS: readonly number[] = [300, 301, 302, 303, 307, 308];

/** An answer led to where no token or key may go. Nothing was sent there. */
export class ForeignOriginError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ForeignOriginError';
  }
}

/** Throws unless the address is one of the own origin. A default port that is written out makes no difference. */
export function requireOwnOrigin(address: string, own: string): void {
  const origin = originOf(address);
  if (origin === null || origin !== originOf(own)) throw leadsAway(origin, own);
}

/** Throws where an answer redirects its reader to another origin. */
export function refuseRedirectAway(status: number, location: string | null | undefined, own: string): void {
  if (!isRedirect(status) || location === null || location === undefined) return;
  const origin = originOf(location, own);
  if (origin === null || origin !== originOf(own)) throw leadsAway(origin, own);
}

export function isRedirect(status: number): boolean {
  return REDIRECTS.includes(status);
}

/** The failure of a call whose answer led elsewhere. */
export function foreignOriginFailure(
  doing: string,
  error: ForeignOriginError,
  source: FailureSource,
): Failure {
  const code = 'foreign-origin';
  return { kind: failureCatalog[code].kind, code, message: `${doing}: ${error.message}`, source };
}

/** The origin alone: path and query may hold what signs or identifies. */
function leadsAway(origin: string | null, own: string): ForeignOriginError {
  const there = origin === null ? 'an address that cannot be read' : origin.slice(0, 200);
  return new ForeignOriginError(`the answer leads to ${there}, and only ${originOf(own) ?? own} is asked`);
}

function originOf(address: string, base?: string): string | null {
  return URL.canParse(address, base) ? new URL(address, base).origin : null;
}
