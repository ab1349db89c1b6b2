import { z } from 'zod';
import { tagsByPolicy } from '../access/policies.ts';
import { badRequest } from '../protocol/armFault.ts';
import type { World } from '../state/world.ts';

export const tagsSchema = z.record(z.string(), z.string());

/** `names`: what a name must be, beside what all refuse. */
const rules = {
  other: { most: 50, names: /^/ },
  // Zones, links and records of private DNS (Microsoft: "Use tags to organize your Azure resources").
  dns: { most: 15, names: /^[A-Za-z_][\w.-]*$/ },
} as const;
const LONGEST_NAME = 512;
const LONGEST_VALUE = 256;

/** Azure's limits of the tags of one resource, as documented; the codes are as seen, the texts our own. */
export function checkTags(tags: Readonly<Record<string, string>>, scope = ''): void {
  const { most, names } = rules[/\/privateDnsZones\//i.test(scope) ? 'dns' : 'other'];
  const entries = Object.entries(tags);
  if (entries.length > most) {
    throw badRequest('TooManyTags', `The resource has ${entries.length} tags, more than ${most}.`);
  }
  for (const [name, value] of entries) {
    if (
      name === '' ||
      name.length > LONGEST_NAME ||
      /[<>%&\\?/]/.test(name) ||
      isReserved(name) ||
      !names.test(name)
    ) {
      throw badRequest('InvalidTagName', `Tag name '${name.slice(0, 80)}' is not allowed.`);
    }
    if (value.length > LONGEST_VALUE) {
      throw badRequest(
        'InvalidTagValueLength',
        `The value of tag '${name}' is longer than ${LONGEST_VALUE} characters.`,
      );
    }
  }
}

/** The tags that a write leaves, as policies change them. */
export function writtenTags(
  world: World,
  scope: string,
  tags: Record<string, string>,
): Record<string, string> {
  const written = tagsByPolicy(world, scope, tags);
  checkTags(written, scope);
  return written;
}

/** Prefixes that Azure keeps to itself (same page). */
function isReserved(name: string): boolean {
  return /^(microsoft|azure|windows)/i.test(name);
}
