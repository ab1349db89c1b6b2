import { failureCatalog } from '../domain/failure/catalog.ts';
import type { Failure, FailureSource } from '../domain/failure/failure.ts';

/** Statuses of a redirect. */
const REDIRECTS: readonly number[] = [300, 301, 302, 303, 307, 308];

/** A response led to an origin that must get no token or key. Nothing was sent there. */
export class ForeignOriginError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ForeignOriginError';
  }
}

/** Throws unless the address is in the own origin. An explicit default port makes no difference. */
export function requireOwnOrigin(address: string, own: string): void {
  const origin = originOf(address);
  if (origin === null || origin !== originOf(own)) throw leadsAway(origin, own);
}

/** Throws where a response redirects to another origin. */
export function refuseRedirectAway(status: number, location: string | null | undefined, own: string): void {
  if (!isRedirect(status) || location === null || location === undefined) return;
  const origin = originOf(location, own);
  if (origin === null || origin !== originOf(own)) throw leadsAway(origin, own);
}

export function isRedirect(status: number): boolean {
  return REDIRECTS.includes(status);
}

/** The failure of a call whose response led to another origin. */
export function foreignOriginFailure(
  doing: string,
  error: ForeignOriginError,
  source: FailureSource,
): Failure {
  const code = 'foreign-origin';
  return { kind: failureCatalog[code].kind, code, message: `${doing}: ${error.message}`, source };
}

/** Names the origin only: path and query may hold a signature or a personal ID. */
function leadsAway(origin: string | null, own: string): ForeignOriginError {
  const target = origin === null ? 'an address that cannot be read' : origin.slice(0, 200);
  return new ForeignOriginError(`the answer leads to ${target}, and only ${originOf(own) ?? own} is asked`);
}

function originOf(address: string, base?: string): string | null {
  return URL.canParse(address, base) ? new URL(address, base).origin : null;
}
