import type { Tags } from '../resources/model.ts';
import type { Connection, ConnectionSpec } from './connection.ts';
import { endpointTags, specTags, tagBudgetFault } from './marks.ts';

/** All tags that the private endpoint of a connection shall carry: the caller's own, and our marks. */
export function wantedTags(connection: Connection, whitelistedAt: string | null): Tags {
  const { id: connectionId, projectId, regionId, spec } = connection;
  return endpointTags(
    { connectionId, projectId, regionId, whitelistedAt, spec },
    connection.privateEndpoint.tags,
  );
}

/** Those of the wanted tags that are not there, or not so. Azure compares the names without regard to case. */
export function missingTags(wanted: Tags, found: Tags): Tags {
  const there = new Map(Object.entries(found).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => there.get(name.toLowerCase()) !== value),
  );
}

/** Parts of an earlier specification that was longer. */
export function obsoleteTags(wanted: Tags, found: Tags): Tags {
  const names = new Set(Object.keys(wanted).map((name) => name.toLowerCase()));
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => /^zpl-spec-\d+$/i.test(name) && !names.has(name.toLowerCase())),
  );
}

/** All tags of an endpoint that is put once more: what is there stays, but for what is wanted otherwise or obsolete. */
export function mergedTags(wanted: Tags, found: Tags): Tags {
  const replaced = new Set(
    Object.keys({ ...missingTags(wanted, found), ...obsoleteTags(wanted, found) }).map((name) =>
      name.toLowerCase(),
    ),
  );
  const kept = Object.entries(found).filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...missingTags(wanted, found) };
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
