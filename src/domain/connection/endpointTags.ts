import type { Tags } from '../resources/model.ts';
import type { Connection, ConnectionSpec } from './connection.ts';
import { endpointTags, isSpecPart, specTags, tagBudgetFault } from './marks.ts';
import { TagSet } from './tagSet.ts';

/** All tags that the private endpoint of a connection shall carry: the caller's own, and our marks. */
export function wantedTags(connection: Connection, whitelistedAt: string | null): Tags {
  const { id: connectionId, projectId, regionId, spec } = connection;
  return endpointTags(
    { connectionId, projectId, regionId, whitelistedAt, spec },
    connection.privateEndpoint.tags,
  );
}

/** The wanted tags that are missing or have another value. */
export function missingTags(wanted: Tags, found: Tags): Tags {
  return TagSet.of(found).diff(wanted);
}

/** Parts of an earlier, longer specification. */
export function obsoleteTags(wanted: Tags, found: Tags): Tags {
  const kept = TagSet.of(wanted);
  return TagSet.of(found).filter((name) => isSpecPart(name) && !kept.has(name));
}

/** All tags of an endpoint that is put again: the existing ones, with the wanted values and without obsolete parts. */
export function mergedTags(wanted: Tags, found: Tags): Tags {
  const obsolete = TagSet.of(obsoleteTags(wanted, found));
  return TagSet.of(found)
    .with(wanted)
    .filter((name) => !obsolete.has(name));
}

/** A specification in which the cluster shall have a record: no longer excluded, and among those named if some are. */
export function withCluster(spec: ConnectionSpec, clusterId: string): ConnectionSpec {
  const { clusters } = spec;
  return {
    ...spec,
    clusters: clusters === 'all' || clusters.includes(clusterId) ? clusters : [...clusters, clusterId],
    exclusions: spec.exclusions.filter((excluded) => excluded !== clusterId),
  };
}

/** A specification in which the cluster has no record and gets none again, whatever else is asked for. */
export function withoutCluster(spec: ConnectionSpec, clusterId: string): ConnectionSpec {
  const { exclusions } = spec;
  return exclusions.includes(clusterId) ? spec : { ...spec, exclusions: [...exclusions, clusterId] };
}

export type TagChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'change'; readonly merge: Tags; readonly remove: Tags }
  | { readonly kind: 'too-large'; readonly detail: string };

/**
 * What makes the tags of a private endpoint say a specification: tags to merge, then parts of the former text that are left
 * over. Readers take as many parts as the count says, so they may look between the two.
 */
export function tagChange(tags: Tags, spec: ConnectionSpec): TagChange {
  const wanted = specTags(spec);
  const merge = missingTags(wanted, tags);
  const remove = obsoleteTags(wanted, tags);
  if (Object.keys(merge).length === 0 && Object.keys(remove).length === 0) return { kind: 'none' };
  // Azure counts the tags between the two writes.
  const detail = tagBudgetFault(TagSet.of(tags).with(merge).toTags());
  return detail === null ? { kind: 'change', merge, remove } : { kind: 'too-large', detail };
}
