import type { Connection } from '../connection/connection.ts';
import { isAdopted, isOurs } from '../connection/marks.ts';
import { TagSet } from '../connection/tagSet.ts';
import type { ObservedZone } from '../plan/observation.ts';
import type { Tags } from './model.ts';
import type { Verdict } from './verdict.ts';
import { ownersIn } from './zoneOwner.ts';

/** Azure's limit for private DNS zones and their links. */
const MOST_TAGS = 15;

/** The tags that a request wants on a zone or link, which connections can share. */
export interface RequestedTags {
  readonly tags: Tags;
  /** Whether no other connection uses the zone. */
  readonly isAlone: boolean;
}

export const NO_TAGS: RequestedTags = { tags: {}, isAlone: false };

/** `zone`: null when there is none yet. */
export function requestedTags(
  { id, spec }: Connection,
  zone: Pick<ObservedZone, 'owners' | 'records'> | null,
): RequestedTags {
  const owners = zone === null ? [] : ownersIn(zone);
  return { tags: spec.tags, isAlone: owners.every(({ connectionId }) => connectionId === id) };
}

/**
 * The requested tags that a zone or link lacks. Another value counts only where it can be that of this connection alone: two
 * connections with different values would otherwise overwrite each other at every run.
 */
export function lackingTags(found: Tags, { tags, isAlone }: RequestedTags): Tags {
  const set = TagSet.of(found);
  const isOwn = isAlone && isOurs(found) && !isAdopted(found);
  return TagSet.of(set.diff(tags)).filter((name) => isOwn || !set.has(name));
}

/** Decides on the tags of a zone or link to be kept or adopted. `otherwise`: the verdict if it has its tags. */
export function decideTags(
  found: Tags,
  requested: RequestedTags,
  otherwise: Verdict & { readonly action: 'adopt' | 'keep' },
): Verdict {
  const lacking = lackingTags(found, requested);
  const names = Object.keys(lacking);
  const marks = otherwise.action === 'adopt' ? 1 : 0;
  const count = TagSet.of(found).with(lacking).size + marks;
  if (marks + names.length > 0 && count > MOST_TAGS) {
    return { action: 'manual', reason: `it would have ${count} tags, and Azure allows ${MOST_TAGS}` };
  }
  if (marks > 0 || names.length === 0) return otherwise;
  return { action: 'tag', reason: `its tags differ: ${names.join(', ')}` };
}
