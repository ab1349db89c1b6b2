import { specTags, tagBudgetFault } from './marks.ts';
import type { Tags } from './model.ts';
import type { ConnectionSpec } from './spec.ts';

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
  const merge = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => tags[name] !== value));
  const remove = Object.fromEntries(
    Object.entries(tags).filter(
      ([name]) => /^zpl-spec-\d+$/i.test(name) && !Object.hasOwn(wanted, name.toLowerCase()),
    ),
  );
  if (Object.keys(merge).length === 0 && Object.keys(remove).length === 0) return { kind: 'none' };
  // Azure counts what is there between the two writes.
  const detail = tagBudgetFault({ ...tags, ...merge });
  return detail === null ? { kind: 'change', merge, remove } : { kind: 'too-large', detail };
}
