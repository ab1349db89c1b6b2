import { ProvisioningError } from '../../domain/failure/failure.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';

/** Zilliz's published codes (reference: errors). What is not here is `zilliz-refused`, with the code in the message. */
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
  /** 0: there was no answer. */
  readonly status: number;
  /** Whether the answer was none of the API's: something on the way spoke. */
  readonly unreadable?: boolean;
  readonly code?: number;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
}

/** The one place that says what an answer of Zilliz means. */
export function zillizFailure(refusal: ZillizRefusal, cause?: unknown): ProvisioningError {
  const { doing, status, code, message = '', retryAfterSeconds, requestId } = refusal;
  const failureCode = classify(refusal);
  const answered = status === 0 ? 'no answer,' : `HTTP ${status}`;
  const said = code === undefined ? answered : `${answered}, code ${code}`;
  return new ProvisioningError(
    {
      kind: failureCatalog[failureCode].kind,
      code: failureCode,
      message: `${doing}: ${said} ${message.slice(0, LONGEST_MESSAGE)}`.trim(),
      source: 'zilliz',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(requestId !== undefined && { requestId }),
    },
    { cause },
  );
}

function classify({ status, code, message = '', unreadable = false }: ZillizRefusal): FailureCode {
  const known = code === undefined ? undefined : codes[code];
  if (known) return known;
  // The shape of a throttled answer is unpublished [inf].
  if (status === 429 || /too many|rate limit|throttl/i.test(message)) return 'zilliz-throttled';
  if (status === 401) return 'zilliz-key-rejected';
  if (status === 403) return 'zilliz-permission-denied';
  if (unreadable || status === 0 || status === 408 || status >= 500) return 'zilliz-unavailable';
  return 'zilliz-refused';
}
