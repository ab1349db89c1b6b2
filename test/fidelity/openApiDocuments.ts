import { join } from 'node:path';
import { LiveValidator } from 'oav';
import type { OperationContext } from 'oav/dist/lib/liveValidation/operationValidator.js';
import type { LiveValidationResult } from 'oav/dist/lib/liveValidation/liveValidator.js';
import { parseValidationRequest } from 'oav/dist/lib/liveValidation/liveValidator.js';
import type { Exchange } from '../../sandbox/kernel/traffic.ts';

const DOCUMENTS = join(import.meta.dirname, '../fixtures/azure-openapi');
/** What oav says of each data-plane document; it finds their operations all the same. */
const HARMLESS = 'Bucketizing into provider';

/** Microsoft's validator over Microsoft's documents (test/fixtures/azure-openapi/SOURCE.md). */
export async function openDocuments(): Promise<LiveValidator> {
  const faults: string[] = [];
  const validator = new LiveValidator(
    {
      directory: DOCUMENTS,
      swaggerPathsPattern: ['**/*.json'],
      // By default documents of data planes, such as Key Vault's, are left out.
      excludedSwaggerPathsPattern: [],
      git: { shouldClone: false },
      isPathCaseSensitive: false,
      loadValidatorInInitialize: false,
      loadValidatorInBackground: false,
      isArmCall: true,
    },
    (message, level) => {
      if (['error', 'warn'].includes(level) && !message.includes(HARMLESS)) faults.push(message);
    },
  );
  await validator.initialize();
  // A document that does not load is otherwise left out in silence.
  if (faults.length > 0) throw new Error(`documents do not load: ${faults.join('; ')}`);
  return validator;
}

/** What the documents say of one exchange, or null when they do not describe such a call. */
export async function validated(
  validator: LiveValidator,
  exchange: Exchange,
): Promise<readonly LiveValidationResult[] | null> {
  const { service, request, response } = exchange;
  const url = new URL(`https://management.azure.com${request.url}`);
  // The newest version of a secret is asked for by an empty segment, which oav takes for none.
  if (service === 'keyVault') url.pathname = url.pathname.replace(/\/$/, '/newest');
  url.searchParams.set('api-version', documentVersion(exchange));
  const liveRequest = {
    url: url.href,
    method: request.method,
    headers: { ...request.headers },
    query: Object.fromEntries(url.searchParams),
    ...(isObject(request.body) && { body: structuredClone(request.body) }),
  };
  const operation = findOperation(validator, liveRequest);
  if (!operation) return null;
  const headers: Record<string, string> = { ...response.headers };
  // The simulator says so of every body, when it sends it.
  if (response.body !== undefined) headers['content-type'] = 'application/json; charset=utf-8';
  const liveResponse = {
    statusCode: String(response.status),
    headers,
    ...(isObject(response.body) && { body: structuredClone(response.body) }),
  };
  return [
    await validator.validateLiveRequest(liveRequest, { includeOperationMatch: true }, { ...operation }),
    await validator.validateLiveResponse(liveResponse, liveRequest, {}, { ...operation }),
  ];
}

function documentVersion({ service, request }: Exchange): string {
  if (service === 'keyVault') return '7.5';
  return /\/privateDns/i.test(request.url) ? '2024-06-01' : '2024-03-01';
}

/**
 * The operation that oav finds; where it finds several, the one with the fewest parameters in its path:
 * `virtualNetworkLinks/{name}` also matches `{recordType}/{name}`.
 */
function findOperation(
  { operationSearcher }: LiveValidator,
  {
    url,
    method,
    headers,
  }: { readonly url: string; readonly method: string; readonly headers: Record<string, string> },
): OperationContext | null {
  const validationRequest = parseValidationRequest(url, method, headers);
  const { matches, apiVersion } = operationSearcher.getPotentialOperations(validationRequest);
  const [operationMatch] = matches.toSorted(
    (a, b) => parametersOf(a.operation._path._pathTemplate) - parametersOf(b.operation._path._pathTemplate),
  );
  if (!operationMatch) return null;
  return {
    operationId: operationMatch.operation.operationId ?? '',
    apiVersion,
    operationMatch,
    validationRequest,
  };
}

function parametersOf(template: string): number {
  return template.split('{').length - 1;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
