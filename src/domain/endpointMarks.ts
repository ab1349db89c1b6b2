import type { Connection } from './connection.ts';
import { endpointTags } from './marks.ts';
import type { Tags } from './model.ts';

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
