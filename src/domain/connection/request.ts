import * as z from 'zod';
import type { Fault } from '../run/status.ts';
import type { AllowedScopes } from './bounds.ts';
import { isProjectAllowed, isScopeAllowed, outsideProjects, outsideScopes } from './bounds.ts';
import type { Connection, ConnectionRequest } from './connection.ts';
import { connectionFrom, connectionRequestSchema } from './connection.ts';
import { wantedTags } from './endpointTags.ts';
import { forPeople, tagBudgetFault } from './marks.ts';
import { tagFaults } from './names.ts';
import { parseResourceGroupId, parseSubnetId, sameResource } from './resourceId.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly [Fault, ...Fault[]] };

/** Parses the body of a request. Returns all faults at once, each with its JSON pointer (RFC 6901). */
export function parseConnectionRequest(body: unknown): Parsed<Connection> {
  const parsed = parseBody(connectionRequestSchema, body);
  if (!parsed.ok) return parsed;
  const connection = connectionFrom(parsed.value);
  const [first, ...others] = [...subscriptionFaults(parsed.value), ...combinationFaults(connection)];
  return first ? { ok: false, faults: [first, ...others] } : { ok: true, value: connection };
}

/** Parses a body by its schema. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): Parsed<z.output<T>> {
  const parsed = schema.safeParse(body, { error: schemaMessages });
  if (parsed.success) return { ok: true, value: parsed.data };
  return refused(onePerPlace(parsed.error.issues.flatMap((issue) => faultsOf(issue, schema))));
}

/** Parses the parameters of a URL by their schema. A fault names its parameter, because a JSON pointer applies only to a body. */
export function parseParameters<T extends z.ZodType>(
  schema: T,
  parameters: Readonly<Record<string, string>>,
): Parsed<z.output<T>> {
  const parsed = schema.safeParse(parameters, { error: schemaMessages });
  if (parsed.success) return { ok: true, value: parsed.data };
  return refused(
    parsed.error.issues.map(({ path, message }) => ({
      pointer: '',
      parameter: String(path[0]),
      code: 'invalid-request',
      detail: message,
    })),
  );
}

/** The most characters of a user's own text that a message repeats. */
const LONGEST_ECHO = 100;

/** Returns the text as a message may repeat it. */
export function truncated(text: string): string {
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO).replace(/\p{Surrogate}/gu, '')}…` : text;
}

/** Returns a question with the most similar of the known names; empty where none is similar. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (name.length > LONGEST_ECHO) return '';
  const distances = known.map((other) => ({ other, edits: editsBetween(name, other) }));
  const [nearest] = distances.toSorted((a, b) => a.edits - b.edits);
  const isSimilar = nearest && nearest.edits <= Math.max(1, nearest.other.length / 3);
  return isSimilar ? `: did you mean ${nearest.other}?` : '';
}

/** Levenshtein's distance, without regard to case. */
function editsBetween(a: string, b: string): number {
  const letters = Array.from(b.toLowerCase());
  let row = [0, ...letters.map((_, index) => index + 1)];
  for (const [index, letter] of Array.from(a.toLowerCase()).entries()) {
    const next = [index + 1];
    for (const [at, other] of letters.entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function refused([first, ...others]: readonly Fault[]): Parsed<never> {
  if (!first) throw new Error('A schema that refuses a value gives at least one issue.');
  return { ok: false, faults: [first, ...others] };
}

/** Of several faults at one place the last is the most precise; a wrong type is the only one. */
function onePerPlace(faults: readonly Fault[]): readonly Fault[] {
  const places = [...new Set(faults.map(({ pointer }) => pointer))];
  return places.flatMap((pointer) => {
    const here = faults.filter((fault) => fault.pointer === pointer);
    const types = Object.values(nouns).map((noun) => `must be ${noun}`);
    return here.find(({ detail }) => types.includes(detail)) ?? here.slice(-1);
  });
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): readonly Fault[] {
  const code = 'invalid-request';
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, issue.path);
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      code,
      detail: `is not a field of the request${didYouMean(key, known)}`,
    }));
  }
  const [branch] = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => depth(b) - depth(a)) : [];
  if (branch && depth(branch) > 0)
    return branch.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }, schema));
  return [{ pointer: pointerOf(issue.path), code, detail: detailOf(issue) }];
}

/** Returns the names of the fields of an object in a schema. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { $ref, $defs, ...whole } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  // A schema with a name is a reference to its definition.
  const named = $defs?.[$ref?.split('/').at(-1) ?? ''];
  let fields = (named ?? whole).properties ?? {};
  for (const name of path) {
    const inner = fields[String(name)];
    fields = (typeof inner === 'object' ? inner.properties : undefined) ?? {};
  }
  return Object.keys(fields);
}

/** A value that matches no branch of a union: the message lists what each branch requires. */
function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const messages = issue.errors.flatMap(([first]) => first?.message ?? []);
  return messages.join(' or ').replaceAll(' or must be ', ' or ');
}

/** The depth of the faults of a branch of a union. The branch with the deepest fault is the most probable one. */
function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** Returns the JSON pointer (RFC 6901) of a path. A very long name is truncated: it is only shown. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${truncated(String(key)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Azure puts a private endpoint into the subscription and region of its network; another resource group is fine. */
function subscriptionFaults({ subnetId, privateEndpoint }: ConnectionRequest): readonly Fault[] {
  const group = parseResourceGroupId(privateEndpoint?.resourceGroup ?? '');
  const own = parseSubnetId(subnetId)?.subscriptionId ?? '';
  if (group === null || group.subscriptionId.toLowerCase() === own.toLowerCase()) return [];
  const detail = `the group is in the subscription ${group.subscriptionId}, and the network in ${own}`;
  return [{ pointer: '/privateEndpoint/resourceGroup', code: 'subscription-differs', detail }];
}

function combinationFaults(connection: Connection): readonly Fault[] {
  const faults: Fault[] = [];
  const { manage } = connection.spec.dns;
  const detail = whyNotRegistered(connection);
  if (detail !== null)
    faults.push({ pointer: '/dns/autoRegistration', code: 'auto-registration-not-possible', detail });
  for (const { name, detail: refused } of tagFaults(connection.spec.tags, { onDns: manage })) {
    faults.push({
      pointer: pointerOf(name === null ? ['tags'] : ['tags', name]),
      code: 'tags-refused',
      detail: refused,
    });
  }
  const tooLarge = tagBudgetFault({ ...forPeople, ...wantedTags(connection, null) });
  if (tooLarge !== null) faults.push({ pointer: '', code: 'spec-too-large', detail: tooLarge });
  return faults;
}

/** Returns why the request cannot have the auto registration that it asks for; null if it can, or asks for none. */
function whyNotRegistered({ spec, ...connection }: Connection): string | null {
  const { layout, autoRegistration, manage } = spec.dns;
  if (layout === 'per-cluster' && autoRegistration)
    return 'the zones of the per-cluster layout take no machines';
  if (!connection.requiresAutoRegistration) return null;
  if (!manage) return 'dns.manage is false, so this app creates no link';
  const isLinked = connection.linkedNetworks.some((id) => sameResource(id, connection.virtualNetworkId));
  return isLinked ? null : `dns.linkedNetworks does not name ${connection.virtualNetworkId}`;
}

/** The parts of a request outside the bounds of this deployment. A caller must not use its identity beyond them. */
export function authorizeConnection(connection: Connection, allowed: AllowedScopes): readonly Fault[] {
  const faults: Fault[] = [];
  if (!isProjectAllowed(connection.projectId, allowed)) {
    faults.push({
      pointer: '/projectId',
      code: 'project-not-allowed',
      detail: outsideProjects(connection.projectId),
    });
  }
  const resources: readonly (readonly [string, string])[] = [
    ['/subnetId', connection.subnetId],
    ['/privateEndpoint/resourceGroup', connection.privateEndpoint.id],
    ['/dns/zoneResourceGroupId', connection.zoneResourceGroupId],
    ...connection.linkedNetworks.map((id, index) => [`/dns/linkedNetworks/${index}`, id] as const),
  ];
  for (const [pointer, id] of resources) {
    if (!isScopeAllowed(id, allowed)) {
      faults.push({ pointer, code: 'scope-not-allowed', detail: outsideScopes(id) });
    }
  }
  return faults;
}

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };

/** Messages for schema faults in the terms of the API, never with the value. A message in a schema has priority. */
export const schemaMessages: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.input, issue.expected);
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum));
    case 'too_big':
      return sized(issue.origin, 'at most', Number(issue.maximum));
    case 'invalid_format':
      return wrongFormat(issue.format);
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
};

function wrongType(input: unknown, expected: string): string {
  return input === undefined ? 'is missing' : `must be ${nouns[expected] ?? expected}`;
}

function tooSmall(origin: string, minimum: number): string {
  return minimum === 1 && origin in units ? 'must not be empty' : sized(origin, 'at least', minimum);
}

function wrongFormat(format: string): string {
  return format === 'guid' ? 'must be a GUID' : 'does not have the right form';
}

function sized(origin: string, bound: string, size: number): string {
  const unit = units[origin];
  return unit === undefined ? `must be ${bound} ${size}` : `must have ${bound} ${size} ${unit}`;
}
