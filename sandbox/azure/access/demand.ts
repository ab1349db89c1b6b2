import { typeOf } from '../resourceId.ts';
import { operationActions } from './actions.ts';
import type { OperationName } from './actions.ts';

/** The role action that a call needs, or null when it needs none. */
export function actionFor(operation: OperationName, path: string): string | null {
  const template = operationActions[operation];
  if (template === null) return null;
  const [, recordType = ''] = /\/privateDnsZones\/[^/]+\/([^/]+)/i.exec(path) ?? [];
  return template
    .replace('{recordType}', recordType.toUpperCase())
    .replace('{resourceType}', typeOf(scopeOf(path)) ?? '');
}

/** What a path is about: itself for a resource, its parent for a list, the scope before it for an extension resource. */
export function scopeOf(path: string): string {
  const decoded = decodedPath(path);
  const extended = /^(.*)\/providers\/Microsoft\.(?:Authorization|Resources|PolicyInsights)\/.*$/i.exec(
    decoded,
  );
  if (extended) return extended[1] ?? '';
  const [before = '', provider] = decoded.split(/\/providers\/(?!.*\/providers\/)/i);
  if (provider === undefined) return decoded.replace(/\/(resources|resourceGroups|locations)$/i, '');
  const [namespace = '', ...rest] = provider.split('/');
  if (rest[0]?.toLowerCase() === 'locations' || /^privateDnsOperation/i.test(rest[0] ?? '')) return before;
  const whole = rest.length % 2 === 0 ? rest : rest.slice(0, -1);
  return [before, 'providers', namespace, ...whole].join('/');
}

/** Percent-decoded; a malformed sequence stays unchanged. */
function decodedPath(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  try {
    return decodeURIComponent(trimmed);
  } catch {
    return trimmed;
  }
}
