import type { Tags } from '../resources/model.ts';
import type { Connection, ConnectionSpec } from './connection.ts';
import { endpointTags, isSpecPart, specTags, tagBudgetFault } from './marks.ts';
import { TagSet } from './tagSet.ts';

/** All desired tags of the private endpoint of a connection: those of the request, and the marks of this app. */
export function wantedTags(connection: Connection, whitelistedAt: string | null): Tags {
  const { id: connectionId, projectId, regionId, spec } = connection;
  return endpointTags({ connectionId, projectId, regionId, whitelistedAt, spec });
}

/** The desired tags that are missing or have another value. */
export function missingTags(desired: Tags, found: Tags): Tags {
  return TagSet.of(found).diff(desired);
}

/** The tags that hold parts of an earlier, longer specification. */
export function obsoleteTags(desired: Tags, found: Tags): Tags {
  const kept = TagSet.of(desired);
  return TagSet.of(found).filter((name) => isSpecPart(name) && !kept.has(name));
}

/** All tags for another PUT of an endpoint: the existing ones, with the desired values and without obsolete parts. */
export function mergedTags(desired: Tags, found: Tags): Tags {
  const obsolete = TagSet.of(obsoleteTags(desired, found));
  return TagSet.of(found)
    .with(desired)
    .filter((name) => !obsolete.has(name));
}

/** The specification with a record for the cluster: not excluded, and in the list of clusters if there is a list. */
export function withCluster(spec: ConnectionSpec, clusterId: string): ConnectionSpec {
  const { clusters } = spec;
  return {
    ...spec,
    clusters: clusters === 'all' || clusters.includes(clusterId) ? clusters : [...clusters, clusterId],
    exclusions: spec.exclusions.filter((excluded) => excluded !== clusterId),
  };
}

/** The specification without a record for the cluster. Later requests do not add the record again. */
export function withoutCluster(spec: ConnectionSpec, clusterId: string): ConnectionSpec {
  const { exclusions } = spec;
  return exclusions.includes(clusterId) ? spec : { ...spec, exclusions: [...exclusions, clusterId] };
}

export type TagChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'change'; readonly merge: Tags; readonly remove: Tags }
  | { readonly kind: 'too-large'; readonly detail: string };

/**
 * The two writes that store a specification in the tags of a private endpoint: first merge tags, then remove obsolete parts of
 * the former text. A read between the two is correct, because readers use only as many parts as the count tag gives.
 */
export function tagChange(tags: Tags, spec: ConnectionSpec): TagChange {
  const desired = specTags(spec);
  const merge = missingTags(desired, tags);
  const remove = obsoleteTags(desired, tags);
  if (Object.keys(merge).length === 0 && Object.keys(remove).length === 0) return { kind: 'none' };
  // Azure checks the number of tags after the first write.
  const detail = tagBudgetFault(TagSet.of(tags).with(merge).toTags());
  return detail === null ? { kind: 'change', merge, remove } : { kind: 'too-large', detail };
}
