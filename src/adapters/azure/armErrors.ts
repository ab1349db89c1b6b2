import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure.ts';
import type { FailureKind, FailureSource } from '../../domain/failure.ts';
import { failureCatalog } from '../../domain/failureCatalog.ts';
import type { FailureCode } from '../../domain/failureCatalog.ts';
import { codeOfDenied } from '../../domain/permissions.ts';
import { ForeignOriginError, foreignOriginFailure } from '../ownOrigin.ts';
import { retryAfterSeconds } from '../retryAfter.ts';
import { codeOf, codeOfStatus, codeOfText } from './armCodes.ts';
import { credentialFailure } from './credentialErrors.ts';

/** An answer of ARM with an error status, as it came over the wire: the SDKs drop the details of what they throw. */
export interface ArmAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
}

export interface ArmRefusal {
  /** What was being done, in the present participle: "creating private endpoint x in rg". */
  readonly doing: string;
  /** What was thrown; undefined when the answer says it all. */
  readonly error?: unknown;
  readonly answer?: ArmAnswer | undefined;
  /** What to call a refusal whose code says nothing to us. */
  readonly otherwise?: FailureCode | undefined;
  /** Seconds to wait at least where it is not known whether ARM has done what it was asked for. */
  readonly waitInDoubt?: number | undefined;
}

/** One entry of ARM's error format; Private DNS sends it without the `error` wrapper. */
const entrySchema = z.object({
  code: z.string(),
  message: z.string().nullish(),
  details: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).nullish(),
  additionalInfo: z.array(z.object({ type: z.string(), info: z.unknown() })).nullish(),
});
const bodySchema = z.union([z.object({ error: entrySchema }).transform(({ error }) => error), entrySchema]);

const policySchema = z.object({
  policyAssignmentDisplayName: z.string().optional(),
  policyDefinitionDisplayName: z.string().optional(),
  policyAssignmentId: z.string().optional(),
});

/** What core-lro throws when an asynchronous operation failed: the code stands in the text only, and nowhere else. */
const FAILED_OPERATION = /^The long-running operation has failed(?:\. ([^. ]+)\. ([^]*))?/;
const CANCELED_OPERATION = 'Operation was canceled';
const LONGEST_MESSAGE = 600;

/** Azure answers so for some minutes after Zilliz has made its service visible (azurerm waits for it, too). */
const kinds: Partial<Record<FailureCode, FailureKind>> = { 'endpoint-service-not-visible': 'transient' };

interface Said {
  readonly code: FailureCode;
  readonly text: string;
}

/** The one place that says what an answer of Azure Resource Manager, or the lack of one, means. */
export function armFailure(refusal: ArmRefusal): ProvisioningError {
  const { doing, error, answer } = refusal;
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'azure'));
  }
  const credential = credentialFailure(error);
  const said = credential ?? (answer ? saidByAnswer(answer, refusal) : saidByError(error, refusal));
  const asked = answer && retryAfterSeconds(answer.header, Date.now());
  const isInDoubt = !credential && (answer === undefined || answer.status >= 500);
  const wait = isInDoubt ? longest(asked, refusal.waitInDoubt) : asked;
  const requestId = answer?.header('x-ms-correlation-request-id') ?? answer?.header('x-ms-request-id');
  const source: FailureSource = credential ? 'identity' : 'azure';
  return new ProvisioningError({
    kind: kinds[said.code] ?? failureCatalog[said.code].kind,
    code: said.code,
    message: `${doing}: ${presentable(said.text)}`,
    source,
    ...(wait !== undefined && { retryAfterSeconds: wait }),
    ...(requestId !== undefined && { requestId }),
  });
}

function longest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/** Whether ARM itself says that a thing is not there. A 404 without its code comes from something on the way. */
export function saysAbsent(answer: ArmAnswer): boolean {
  if (answer.status !== 404) return false;
  const entry = bodySchema.safeParse(answer.body);
  return entry.success && codeOf(entry.data.code) !== 'subscription-not-found';
}

function saidByAnswer({ status, body }: ArmAnswer, { otherwise }: ArmRefusal): Said {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { code: codeOfStatus(status, otherwise), text: `HTTP ${status}` };
  const { code, details, additionalInfo } = parsed.data;
  const message = parsed.data.message ?? '';
  const reasons = (details ?? []).flatMap((detail) =>
    detail.code || detail.message ? [`${detail.code ?? ''} ${detail.message ?? ''}`.trim()] : [],
  );
  const denial = denialIn(message);
  const named = [denial?.text ?? message, ...policiesIn(additionalInfo ?? []), ...reasons];
  const text = `HTTP ${status}, ${code}: ${named.filter((part) => part !== '').join('; ')}`;
  const meaning = codeOfText(message) ?? codeOf(code) ?? codeOfStatus(status, otherwise);
  const isDenied = meaning === 'azure-permission-denied' && denial !== null;
  return { code: isDenied ? codeOfDenied(denial.action) : meaning, text };
}

function saidByError(error: unknown, { otherwise }: ArmRefusal): Said {
  if (!(error instanceof Error)) return { code: 'azure-unavailable', text: 'no answer' };
  const failed = FAILED_OPERATION.exec(error.message);
  if (failed) {
    const [, code = '', message = ''] = failed;
    return {
      code: codeOfText(message) ?? codeOf(code) ?? otherwise ?? 'azure-refused',
      text:
        code === ''
          ? 'the operation failed without a reason'
          : `${code}: ${denialIn(message)?.text ?? message}`,
    };
  }
  if (error.message === CANCELED_OPERATION) {
    return { code: 'azure-busy', text: 'Azure gave the operation up for another one' };
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return { code: 'azure-unavailable', text: 'no answer within the time limit' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code: 'azure-unavailable', text: `no readable answer (${code})` };
}

/** The words of codes that end in AuthorizationFailed: each buries action and scope, in this order, and one a name. */
const lacks = (action: string, scope: string): string => `the identity lacks ${action} at ${scope}`;
const denials: readonly (readonly [RegExp, (action: string, scope: string, name: string) => string])[] = [
  [/perform action\(s\) '([^']+)' on the linked scope\(s\) '([^']+)'/, lacks],
  [
    /perform action '([^']+)' on the .* is blocked by deny assignments on the '\d+' linked scope\(s\) '([^']+)'/,
    (action, scope) => `a deny assignment refuses the identity ${action} at ${scope}`,
  ],
  [
    /perform action '([^']+)' on scope '([^']+)'; however, .* because of the deny assignment with name '(.+?)' and Id '/,
    (action, scope, name) => `the deny assignment ${name} refuses the identity ${action} at ${scope}`,
  ],
  [/perform action '([^']+)' over scope '([^']+)'/, lacks],
];

function denialIn(message: string): { readonly action: string; readonly text: string } | null {
  for (const [pattern, words] of denials) {
    const [found, action = '', scope = '', name = ''] = pattern.exec(message) ?? [];
    if (found !== undefined) return { action, text: words(action, scope, name) };
  }
  return null;
}

function policiesIn(infos: readonly { readonly type: string; readonly info?: unknown }[]): readonly string[] {
  return infos.flatMap(({ type, info }) => {
    const policy = policySchema.safeParse(info);
    if (type !== 'PolicyViolation' || !policy.success) return [];
    const { policyAssignmentDisplayName, policyDefinitionDisplayName, policyAssignmentId } = policy.data;
    const name = policyAssignmentDisplayName ?? policyDefinitionDisplayName ?? policyAssignmentId;
    return name === undefined ? [] : [`policy ${name}`];
  });
}

/** Azure signs its polling URLs by a query: no query goes into a text that is kept. */
function presentable(text: string): string {
  return text.replace(/(https?:\/\/[^\s?'"]+)\?[^\s'"]*/g, '$1').slice(0, LONGEST_MESSAGE);
}
