import { presentable, withoutValues } from '../foreignText.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import type { Failure } from '../../domain/failure/failure.ts';

/** Zilliz's published codes (reference: errors). Any other is `zilliz-refused`, with the code in the message. */
const codes: Readonly<Record<number, FailureCode>> = {
  1800: 'zilliz-key-rejected',
  21119: 'zilliz-key-rejected',
  80001: 'zilliz-key-rejected',
  80002: 'zilliz-key-rejected',
  96001: 'region-not-offered',
  96005: 'project-not-found',
  96012: 'zilliz-permission-denied',
  96013: 'zilliz-permission-denied',
  96014: 'zilliz-permission-denied',
  96015: 'zilliz-permission-denied',
  96016: 'zilliz-permission-denied',
  96018: 'cluster-not-found',
  96027: 'zilliz-permission-denied',
  96028: 'plan-too-low',
};

const LONGEST_MESSAGE = 300;

export interface ZillizRefusal {
  /** What was being done, in the present participle: "listing clusters of proj-1". */
  readonly doing: string;
  /** 0: there was no response. */
  readonly status: number;
  /** Whether the response is not one of the API: it comes from a proxy or gateway on the way. */
  readonly unreadable?: boolean;
  /** What is wrong on the way to Zilliz, when that is known. */
  readonly fault?: FailureCode;
  readonly code?: number;
  /** How to store another key. */
  readonly replaceKey?: string;
  readonly message?: string;
  /** The values of the request, which the message may repeat. */
  readonly values?: readonly string[];
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
}

/** A failure of a call of Zilliz, whose text may be searched for what has no published code. */
export class ZillizError extends ProvisioningError {
  /** The message without the values of the request: a name chosen by a user decides nothing. */
  readonly meaning: string;

  constructor(meaning: string, failure: Failure) {
    super(failure);
    this.meaning = meaning;
  }
}

/** Classifies a response of Zilliz; no other code does. */
export function zillizFailure(refusal: ZillizRefusal): ZillizError {
  const { doing, status, code, message = '', retryAfterSeconds, requestId } = refusal;
  const meaning = withoutValues(message, refusal.values ?? []);
  const failureCode = classify(refusal, meaning);
  const numbers = [status === 0 ? '' : `HTTP ${status}`, code === undefined ? '' : `code ${code}`];
  const outcome = [numbers.filter((part) => part !== '').join(', '), presentable(message, LONGEST_MESSAGE)];
  return new ZillizError(meaning, {
    kind: failureCatalog[failureCode].kind,
    code: failureCode,
    message: `${doing}: ${outcome.join(' ').trim()}`,
    source: 'zilliz',
    ...cureOf(failureCode, refusal.replaceKey),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(requestId !== undefined && { requestId }),
  });
}

/** A key that is refused or lacks a right is replaced where it is stored. */
function cureOf(code: FailureCode, replaceKey = ''): Pick<Failure, 'cure'> {
  if (code === 'zilliz-key-rejected' && replaceKey !== '') return { cure: replaceKey };
  if (code !== 'zilliz-permission-denied' || replaceKey === '') return {};
  const role =
    'The role of the key must be Project Admin of the project, or a custom role with security and cluster view.';
  return { cure: `${role} ${replaceKey}` };
}

function classify({ status, code, unreadable = false, fault }: ZillizRefusal, meaning: string): FailureCode {
  if (fault !== undefined) return fault;
  const known = code === undefined ? undefined : codes[code];
  if (known) return known;
  if (isThrottled(status, meaning)) return 'zilliz-throttled';
  if (status === 401) return 'zilliz-key-rejected';
  if (status === 403) return 'zilliz-permission-denied';
  return unreadable || isUnavailable(status) ? 'zilliz-unavailable' : 'zilliz-refused';
}

/** The form of a throttled response is unpublished [inf]. */
function isThrottled(status: number, message: string): boolean {
  return status === 429 || /too many|rate limit|throttl/i.test(message);
}

function isUnavailable(status: number): boolean {
  return status === 0 || status === 408 || status >= 500;
}
