import { z } from 'zod';
import { readJson } from './template.ts';

const resourceSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  apiVersion: z.string(),
  location: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});

const snapshotSchema = z.object({
  predictedResources: z.array(resourceSchema),
  diagnostics: z.array(z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
});

export type SnapshotResource = z.output<typeof resourceSchema>;

/** The parameter files beside the snapshots say what each means. */
export const snapshotNames = [
  'hub-and-spoke',
  'own-zone',
  'private',
  'private-own-zones',
  'no-network',
  'portal',
  'portal-existing',
] as const;
export type SnapshotName = (typeof snapshotNames)[number];

/** Of access.bicep: roles and assignments in one subscription, in further layouts. */
export const accessSnapshotNames = [
  'access-own-zone',
  'access-hub-and-spoke',
  'access-hub',
  'access-built-in',
  'access-groups',
  'access-network-apart',
  'access-zone-apart',
  'access-hub-in-zone-group',
] as const;
export type AccessSnapshotName = (typeof accessSnapshotNames)[number];

/** Of network.bicep: the subnets that do not exist. */
export const networkSnapshotNames = ['network', 'network-one-missing'] as const;
type AnySnapshotName =
  SnapshotName | AccessSnapshotName | (typeof networkSnapshotNames)[number] | 'events-queue';

/** What the compiler says that a deployment would make: names and scopes worked out, what only Azure knows left as expressions. */
export function readSnapshot(name: AnySnapshotName): z.output<typeof snapshotSchema> {
  return snapshotSchema.parse(readJson(`test/fixtures/infra/${name}.snapshot.json`));
}

export function ofType(name: AnySnapshotName, type: string): readonly SnapshotResource[] {
  return readSnapshot(name).predictedResources.filter((resource) => resource.type === type);
}

/** The only resource of a type. */
export function one(name: AnySnapshotName, type: string, part = ''): SnapshotResource {
  const found = ofType(name, type).filter(({ id }) => id.includes(part));
  const [resource] = found;
  if (found.length !== 1 || !resource) {
    throw new Error(`${String(found.length)} resources of ${type} ${part} in ${name}`);
  }
  return resource;
}

const assignmentSchema = z.object({
  principalId: z.string(),
  principalType: z.string(),
  roleDefinitionId: z.string(),
});

export interface Assignment {
  /** The resource, resource group or subscription that the role is assigned on. */
  readonly scope: string;
  readonly role: string;
  readonly principal: string;
}

/** Every role assignment, with the last part of the role's ID and the principal as written in the template. */
export function assignments(name: AnySnapshotName): readonly Assignment[] {
  return ofType(name, 'Microsoft.Authorization/roleAssignments').map(({ id, properties }) => {
    const { principalId, roleDefinitionId } = assignmentSchema.parse(properties);
    return { scope: scopeOf(id), role: lastSegment(roleDefinitionId), principal: principalId };
  });
}

/** An assignment outside our group carries the object ID in its name, so that its ID is an expression, which holds the scope first. */
function scopeOf(id: string): string {
  const [plain = ''] = id.split('/providers/Microsoft.Authorization/');
  if (!id.startsWith('[')) return plain;
  const named = /guid\('([^']+)'/.exec(id)?.[1];
  if (named === undefined) throw new Error(`no scope in ${id}`);
  return named;
}

function lastSegment(text: string): string {
  return /([0-9a-f-]{36})'?\)?\]?$/.exec(text)?.[1] ?? text;
}
