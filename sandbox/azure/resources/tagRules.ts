import { z } from 'zod';
import { badRequest } from '../protocol/armFault.ts';

export const tagsSchema = z.record(z.string(), z.string());

const MOST_TAGS = 50;
const LONGEST_NAME = 512;
const LONGEST_VALUE = 256;

/** Azure's limits of the tags of one resource, as documented; the codes are as seen, the texts our own. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  if (entries.length > MOST_TAGS) {
    throw badRequest('TooManyTags', `The resource has ${entries.length} tags, more than ${MOST_TAGS}.`);
  }
  for (const [name, value] of entries) {
    if (name === '' || name.length > LONGEST_NAME || /[<>%&\\?/]/.test(name)) {
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
