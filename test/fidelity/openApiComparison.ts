import type { LiveValidator } from 'oav';
import type { LiveValidationIssue } from 'oav/dist/lib/liveValidation/liveValidator.js';
import { z } from 'zod';
import type { Exchange } from '../../sandbox/kernel/traffic.ts';
import { validated } from './openApiDocuments.ts';

/** Why an exchange counts although a document does not say so, or does not count at all. Nothing else is excused. */
export const EXCUSES = {
  undescribed: 'not counted: ARM itself, policies and polling URLs: no document of the set describes them',
  fault: 'not counted: a fault that the test ordered, not an answer of the simulator',
  resourceGuid: 'resourceGuid of a private endpoint: answered by Azure (recorded), missing in the document',
  additionalInfo:
    'what ARM adds to the refusal of a policy, which it returns before any provider: not in its document',
  recordType:
    'a record type in lower case in the path, as the Azure CLI writes it: Azure takes it so (recorded)',
  envelope: 'the other error envelope (nested or bare) than in the document, as recorded',
} as const;

type Excuse = keyof typeof EXCUSES;

/** Operations that no document of the set describes. A new operation must be named here or be described. */
const UNDESCRIBED =
  /^(metadata|tenants|subscriptions|locations|providers|resourceGroups|resources|tags|permissions|locks|policyRestrictions|operations|operationResults|privateDnsOperationStatuses|privateDnsOperationResults)\./;

export interface Verdict {
  readonly exchange: Exchange;
  readonly excuses: readonly Excuse[];
  /** What is left: a difference between simulator, or client, and document. */
  readonly issues: readonly string[];
}

/** Whether the documents had anything to say of it. */
export function isCounted({ excuses }: Verdict): boolean {
  return !excuses.includes('undescribed') && !excuses.includes('fault');
}

export async function compare(validator: LiveValidator, exchange: Exchange): Promise<Verdict> {
  const verdict = (excuses: readonly Excuse[], issues: readonly string[] = []): Verdict => ({
    exchange,
    excuses,
    issues,
  });
  if (exchange.fault !== undefined) return verdict(['fault']);
  const results = await validated(validator, exchange);
  if (results === null) {
    return UNDESCRIBED.test(exchange.operation)
      ? verdict(['undescribed'])
      : verdict([], ['no document describes this call']);
  }
  const exceptions = results.flatMap(({ runtimeException }) => runtimeException?.message ?? []);
  const issues = results.flatMap(({ errors }) => errors);
  if (issues.length > 0 && (await agreesInOtherEnvelope(validator, exchange))) {
    return verdict(['envelope'], exceptions);
  }
  const found = issues.map((issue) => excuseOf(exchange, issue));
  const left = issues.filter((_, index) => found[index] === undefined);
  return verdict(
    [...new Set(found.filter((excuse) => excuse !== undefined))],
    [...exceptions, ...left.map(textOf)],
  );
}

/** The excuse for an issue, if there is one. */
function excuseOf(
  { operation, response }: Exchange,
  { code, pathsInPayload }: LiveValidationIssue,
): Excuse | undefined {
  const isAt = (pattern: RegExp): boolean => pathsInPayload.every((path) => pattern.test(path));
  if (code === 'ENUM_CASE_MISMATCH' && isAt(/^\/path\/recordType$/)) return 'recordType';
  if (code !== 'OBJECT_ADDITIONAL_PROPERTIES') return undefined;
  const isEndpoint = operation.startsWith('privateEndpoints.');
  if (isEndpoint && isAt(/^(\/value\/\d+)?\/properties\/resourceGuid$/)) return 'resourceGuid';
  return response.status === 403 && isAt(/^\/error\/additionalInfo$/) ? 'additionalInfo' : undefined;
}

async function agreesInOtherEnvelope(validator: LiveValidator, exchange: Exchange): Promise<boolean> {
  const { status, body } = exchange.response;
  const turned = status >= 400 ? (nestedOf(body) ?? bareOf(body)) : undefined;
  if (!turned) return false;
  const response = { ...exchange.response, body: turned };
  const results = await validated(validator, { ...exchange, response });
  return results?.every(({ isSuccessful }) => isSuccessful === true) ?? false;
}

const bareSchema = z.looseObject({ code: z.string(), message: z.string() });
const nestedSchema = z.strictObject({ error: bareSchema });

function nestedOf(body: unknown): object | undefined {
  const bare = bareSchema.safeParse(body);
  return bare.success ? { error: bare.data } : undefined;
}

function bareOf(body: unknown): object | undefined {
  return nestedSchema.safeParse(body).data?.error;
}

function textOf({ code, pathsInPayload, message }: LiveValidationIssue): string {
  return `${code} at ${pathsInPayload.join(', ')}: ${message}`;
}
