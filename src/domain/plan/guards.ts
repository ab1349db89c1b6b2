import * as z from 'zod';
import type { Connection } from '../connection/connection.ts';
import { wantedTags } from '../connection/endpointTags.ts';
import { forPeople, newSharedTags } from '../connection/marks.ts';
import { isWithinScope, parseResourceId, sameResource } from '../connection/resourceId.ts';
import { TagSet } from '../connection/tagSet.ts';
import type { FailureCode } from '../failure/catalog.ts';
import type { Outcome } from '../failure/failure.ts';
import { RECORD_TTL_SECONDS } from '../resources/aRecord.ts';
import type { Lock, PolicyFinding, PolicyQuestion } from '../resources/model.ts';
import type { Fault } from '../run/status.ts';
import { groupOf, resourceTypes } from './permissions.ts';
import type { RemovalRow } from './removal.ts';
import type { PlanRow } from './rows.ts';
import type { ReadSubscription } from './subscriptionGuards.ts';
import type { Warning } from './warnings.ts';

// What refuses a write although the identity has the right: locks, and policies with the effect Deny. Both are asked before the
// first write, because the whitelist entry cannot be undone.

export const guardRowSchema = z.object({
  guard: z.enum(['lock', 'policy', 'subscription', 'resource provider']),
  scope: z
    .string()
    .meta({ description: 'Where it was asked: a resource group, a virtual network or a subscription' }),
  resource: z.string().meta({ description: 'What is to be written there, or the namespace of the provider' }),
  result: z.enum(['denied', 'nothing-found-from-here', 'could-not-ask']).meta({
    description: 'Nothing found proves nothing: policies of management groups do not show',
  }),
  detail: z.string(),
});

export type GuardRow = Readonly<z.infer<typeof guardRowSchema>>;

/** The locks at a scope, with those that it inherits and those of its resources, or why they could not be read. */
export interface ReadLocks {
  readonly scope: string;
  readonly locks: Outcome<readonly Lock[]>;
}

export interface ReadGuards {
  readonly locks: readonly ReadLocks[];
  readonly policies: readonly {
    readonly question: PolicyQuestion;
    readonly findings: Outcome<readonly PolicyFinding[]>;
  }[];
  readonly subscriptions: readonly ReadSubscription[];
}

type Verb = 'write' | 'delete';
type Target = Pick<PlanRow, 'resource' | 'id' | 'action'>;

/** Returns what a row does to a resource in Azure; null if nothing. */
export function verbOf({ resource, id, action }: Target): Verb | null {
  if (resourceTypes[resource] === undefined || parseResourceId(id) === null) return null;
  if (action === 'delete') return 'delete';
  return ['create', 'update', 'adopt', 'tag'].includes(action) ? 'write' : null;
}

/** Returns the scopes whose locks concern the rows: their groups, and the networks that an endpoint or a link joins. */
export function lockScopes(rows: readonly Target[], networks: readonly string[] = []): readonly string[] {
  const groups = rows.flatMap((row) => (verbOf(row) === null ? [] : groupOf(row.id)));
  const joined = groups.length > 0 ? networks : [];
  const all = [...groups, ...joined.filter((id) => !groups.some((group) => isWithinScope(id, group)))];
  return all.filter((scope, index) => all.findIndex((other) => sameResource(other, scope)) === index);
}

/** Returns the lock that refuses an operation. A lock is inherited; a deletion is also refused by a lock of something inside. */
function refusingLock(read: readonly ReadLocks[], verb: Verb, id: string): Lock | null {
  const locks = read.flatMap((entry) => (entry.locks.ok ? entry.locks.value : []));
  const found = locks.find(({ scope, level }) =>
    verb === 'write'
      ? level === 'ReadOnly' && isWithinScope(id, scope)
      : isWithinScope(id, scope) || isWithinScope(scope, id),
  );
  return found ?? null;
}

/** Returns the reason why a row is refused by a lock; null if no lock was found. */
function lockedBecause(read: readonly ReadLocks[], row: Target): string | null {
  const verb = verbOf(row);
  const lock = verb && refusingLock(read, verb, row.id);
  return lock && `the ${lock.level} lock ${lock.name} at ${lock.scope} refuses it`;
}

/** Returns the rows with everything kept that a lock refuses to change. An endpoint that stays still needs its registration. */
export function keepLocked(rows: readonly RemovalRow[], locks: readonly ReadLocks[]): readonly RemovalRow[] {
  const reasonOf = (row: RemovalRow): string | null =>
    row.action === 'keep' ? null : lockedBecause(locks, row);
  const endpoint = rows.find(({ resource }) => resource === 'private endpoint');
  const ofEndpoint = endpoint ? reasonOf(endpoint) : null;
  return rows.map((row): RemovalRow => {
    const isNeeded = row.resource === 'registration' && row.action !== 'keep';
    const reason = isNeeded ? ofEndpoint : reasonOf(row);
    return reason === null ? row : { ...row, action: 'keep', reason, locked: true };
  });
}

/** Returns one question for each kind of resource that the rows create or tag in a group: the others differ in their names only. */
export function policyQuestions(
  connection: Connection,
  rows: readonly PlanRow[],
  endpoint: { readonly location: string; readonly target: string | null },
): readonly PolicyQuestion[] {
  const written = rows.filter(({ action }) => action === 'create' || action === 'tag');
  const all = written.flatMap((row) => questionOf(connection, row, endpoint));
  return all.filter(
    ({ type, scope }, index) =>
      all.findIndex((other) => other.type === type && sameResource(other.scope, scope)) === index,
  );
}

function questionOf(
  connection: Connection,
  row: PlanRow,
  endpoint: { readonly location: string; readonly target: string | null },
): readonly PolicyQuestion[] {
  const { resource, id } = row;
  const type = resourceTypes[resource];
  if (type === undefined || parseResourceId(id) === null) return [];
  const common = { scope: groupOf(id), resource, type, name: id.slice(id.lastIndexOf('/') + 1) };
  const [parent = ''] = /^.*\/privateDnsZones\/[^/]+/i.exec(id) ?? [];
  const inZone = parent === id ? {} : { parent };
  if (resource === 'private endpoint') return [{ ...common, ...endpointContent(connection, endpoint) }];
  if (resource === 'A record set' || resource === 'owner entry')
    return [{ ...common, ...inZone, properties: { ttl: RECORD_TTL_SECONDS } }];
  const virtualNetwork = row.networkId === undefined ? {} : { virtualNetwork: { id: row.networkId } };
  const shared = { location: 'global', tags: newSharedTags(0, connection.spec.tags) };
  return [{ ...common, ...inZone, ...shared, properties: virtualNetwork }];
}

function endpointContent(
  connection: Connection,
  { location, target }: { readonly location: string; readonly target: string | null },
): Pick<PolicyQuestion, 'location' | 'tags' | 'properties'> {
  const { name, staticIpAddress: privateIPAddress, networkInterfaceName } = connection.privateEndpoint;
  const service = target === null ? {} : { privateLinkServiceId: target };
  return {
    location,
    tags: { ...forPeople, ...wantedTags(connection, null) },
    properties: {
      subnet: { id: connection.subnetId },
      ...(networkInterfaceName !== undefined && { customNetworkInterfaceName: networkInterfaceName }),
      ...(privateIPAddress !== undefined && {
        ipConfigurations: [{ name: 'static', properties: { privateIPAddress } }],
      }),
      manualPrivateLinkServiceConnections: [{ name, properties: { ...service, groupIds: [] } }],
    },
  };
}

interface Guards {
  readonly rows: readonly GuardRow[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
}

/** Judges what was read of locks and policies for the rows of a plan. */
export function guardsOf(connection: Connection, rows: readonly PlanRow[], read: ReadGuards): Guards {
  const locked = rows.flatMap((row) => {
    const reason = lockedBecause(read.locks, row);
    return reason === null ? [] : [{ row, reason }];
  });
  const found = read.policies.flatMap(({ question, findings }) =>
    findings.ok ? findings.value.map((finding) => ({ question, finding })) : [],
  );
  return {
    rows: [...lockRows(rows, read, locked), ...policyRows(read)],
    faults: [...lockFaults(locked), ...found.flatMap(policyFaults)],
    warnings: [
      ...unaskedWarnings(read),
      ...laterWarnings(connection, rows, read),
      ...found.flatMap((one) => rewrittenWarnings(connection, one)),
    ],
  };
}

interface LockedRow {
  readonly row: PlanRow;
  readonly reason: string;
}

function lockRows(
  rows: readonly PlanRow[],
  { locks }: ReadGuards,
  locked: readonly LockedRow[],
): readonly GuardRow[] {
  return locks.map(({ scope, locks: found }) => {
    const concerned = rows.filter((row) => verbOf(row) !== null && isWithinScope(row.id, scope));
    const kinds = [...new Set(concerned.map(({ resource }) => resource))];
    const row = { guard: 'lock', scope, resource: kinds.join(', ') || 'virtual network' } as const;
    if (!found.ok) return { ...row, result: 'could-not-ask', detail: found.failure.message };
    const reasons = locked.flatMap((one) => (isWithinScope(one.row.id, scope) ? one.reason : []));
    return reasons.length === 0
      ? { ...row, result: 'nothing-found-from-here', detail: 'no lock refuses it' }
      : { ...row, result: 'denied', detail: [...new Set(reasons)].join('; ') };
  });
}

function policyRows({ policies }: ReadGuards): readonly GuardRow[] {
  return policies.map(({ question: { scope, resource }, findings }) => {
    const row = { guard: 'policy', scope, resource } as const;
    if (!findings.ok) return { ...row, result: 'could-not-ask', detail: findings.failure.message };
    const denials = findings.value.filter(({ effect }) => effect === 'deny');
    return denials.length === 0
      ? {
          ...row,
          result: 'nothing-found-from-here',
          detail: 'no policy found from here; those of management groups do not show',
        }
      : { ...row, result: 'denied', detail: denials.map(denialText).join('; ') };
  });
}

/** One fault for each lock and part of the request, however many resources it concerns. */
function lockFaults(locked: readonly LockedRow[]): readonly Fault[] {
  const first = new Map<string, Fault>();
  for (const { row, reason } of locked) {
    const pointer = pointerTo(row.resource);
    const detail = `${row.action} ${row.resource} ${row.id}: ${reason}`;
    const key = `${pointer} ${reason}`;
    if (!first.has(key)) first.set(key, { pointer, code: 'azure-locked', detail });
  }
  return [...first.values()];
}

interface FoundPolicy {
  readonly question: PolicyQuestion;
  readonly finding: PolicyFinding;
}

function policyFaults({ question: { resource, scope }, finding }: FoundPolicy): readonly Fault[] {
  if (finding.effect !== 'deny') return [];
  const detail = `${resource} in ${scope}: ${denialText(finding)}`;
  const tags = tagsOf(finding);
  if (tags.length > 0) {
    const cure = `Add ${tags.join(', ')} to \`tags\` in the request, with a value that the policy takes.`;
    return [{ pointer: '/tags', code: 'policy-demands-tag', detail, cure }];
  }
  const code: FailureCode = resource === 'private endpoint' ? 'azure-policy-denied' : 'dns-policy-denied';
  return [{ pointer: pointerTo(resource), code, detail }];
}

/** A tag of the request that a policy sets as it likes differs for ever, so each run would write it again. */
function rewrittenWarnings(
  { spec }: Connection,
  { question: { resource, scope }, finding }: FoundPolicy,
): readonly Warning[] {
  const requested = TagSet.of(spec.tags);
  const tags = tagsOf(finding).filter((name) => requested.has(name));
  if (finding.effect !== 'modify' || tags.length === 0) return [];
  const detail = `the policy assignment ${finding.assignmentId} sets ${tags.join(', ')} of the ${resource} in ${scope} at each write: leave it out of \`tags\`, or it stays drift`;
  return [{ code: 'tags-rewritten', detail }];
}

/** The names of the tags that a policy looks at: `tags['CostCenter']`, `tags[CostCenter]` or `tags.CostCenter`. */
function tagsOf({ fields }: PolicyFinding): readonly string[] {
  return fields.flatMap((field) => /^tags(?:\.|\[['"]?)(.+?)(?:['"]?\])?$/i.exec(field)?.[1] ?? []);
}

/** Names the assignment: its definition may be one of many that it uses. */
function denialText({ assignmentId, fields }: PolicyFinding): string {
  const because = fields.length === 0 ? '' : `, because of ${fields.join(', ')}`;
  return `the policy assignment ${assignmentId} denies it${because}`;
}

function pointerTo(resource: string): string {
  return resource === 'private endpoint' ? '/privateEndpoint/resourceGroup' : '/dns';
}

function unaskedWarnings({ locks, policies }: ReadGuards): readonly Warning[] {
  return [
    ...locks.flatMap(({ scope, locks: found }): readonly Warning[] =>
      found.ok
        ? []
        : [
            {
              code: 'locks-not-read',
              detail: `whether a lock refuses a write in ${scope} is not known: ${found.failure.message}`,
            },
          ],
    ),
    ...policies.flatMap(({ question: { resource, scope }, findings }): readonly Warning[] =>
      findings.ok
        ? []
        : [
            {
              code: 'policy-not-checked',
              detail: `whether a policy denies the ${resource} in ${scope} is not known: ${findings.failure.message}`,
            },
          ],
    ),
  ];
}

/** Locks that refuse nothing of this run: those that a later removal meets, and those of the networks. */
function laterWarnings(
  connection: Connection,
  rows: readonly PlanRow[],
  { locks }: ReadGuards,
): readonly Warning[] {
  const created = rows.filter((row) => verbOf(row) === 'write');
  const found = locks.flatMap((entry) => (entry.locks.ok ? entry.locks.value : []));
  const unique = found.filter(
    ({ scope, name }, index) =>
      found.findIndex((other) => other.name === name && sameResource(other.scope, scope)) === index,
  );
  const undone = connection.onFailure === 'undo' ? 'the undo that the request asks for, ' : '';
  return unique.flatMap(({ name, scope, level }): readonly Warning[] => {
    const covers = created.some(({ id }) => isWithinScope(id, scope));
    if (level === 'CanNotDelete' && covers) {
      const detail = `the ${level} lock ${name} at ${scope} refuses ${undone}a disconnect, and the removal of records of deleted clusters, while it is there`;
      return [{ code: 'removal-locked', detail }];
    }
    const joined = [connection.subnetId, ...connection.linkedNetworks];
    if (level !== 'ReadOnly' || covers || !joined.some((id) => isWithinScope(id, scope))) return [];
    const detail = `the ${level} lock ${name} at ${scope} protects a virtual network that is joined: Azure may refuse the private endpoint or the link`;
    return [{ code: 'network-locked', detail }];
  });
}
