import type { ConnectionSpec } from '../../../src/domain/connection/connection.ts';
import { tagChange, withCluster, withoutCluster } from '../../../src/domain/connection/endpointTags.ts';
import { endpointTags, readEndpointMarks } from '../../../src/domain/connection/marks.ts';
import type { Tags } from '../../../src/domain/resources/model.ts';

const spec: ConnectionSpec = {
  clusters: 'all',
  exclusions: [],
  tags: {},
  dns: {
    manage: true,
    layout: 'regional',
    autoRegistration: true,
    hiddenNames: 'warn',
    zoneResourceGroupId: null,
    linkedNetworks: null,
  },
};
const ids = Array.from({ length: 30 }, (_, index) => `in01-${String(index).padStart(15, '0')}`);

function tagsOf(stored: ConnectionSpec, others: Tags = {}): Tags {
  const marks = {
    ...{ connectionId: 'az-eastus-0123456789ab', projectId: 'proj-1', regionId: 'az-eastus' },
    whitelistedAt: null,
  };
  return { ...others, ...endpointTags({ ...marks, spec: stored }) };
}

/** What Azure makes of the two writes. */
function applied(tags: Tags, { merge, remove }: { readonly merge: Tags; readonly remove: Tags }): Tags {
  const left = Object.entries({ ...tags, ...merge }).filter(([name]) => !(name in remove));
  return Object.fromEntries(left);
}

describe('a specification', () => {
  it('in which a cluster is taken out and put in again is as before', () => {
    expect(withCluster(withoutCluster(spec, 'a'), 'a')).toEqual(spec);
  });

  it('that names clusters names one more', () => {
    expect(withCluster({ ...spec, clusters: ['a'], exclusions: ['b'] }, 'b')).toMatchObject({
      clusters: ['a', 'b'],
      exclusions: [],
    });
  });

  it('is the same when there is nothing to change', () => {
    expect(withoutCluster({ ...spec, exclusions: ['a'] }, 'a')).toEqual({ ...spec, exclusions: ['a'] });
    expect(withCluster(spec, 'a')).toEqual(spec);
  });
});

describe('the tags of a private endpoint', () => {
  it.each<[string, ConnectionSpec, ConnectionSpec]>([
    ['grow', spec, { ...spec, exclusions: ids }],
    ['shrink', { ...spec, exclusions: ids }, spec],
    ['keep their number', { ...spec, exclusions: ids.slice(0, 1) }, { ...spec, exclusions: ids.slice(1, 2) }],
  ])('%s with the specification, and others stay', (_, before, after) => {
    const tags = tagsOf(before, { team: 'search' });

    const change = tagChange(tags, after);

    if (change.kind !== 'change') throw new Error(change.kind);
    expect(applied(tags, change)).toEqual(tagsOf(after, { team: 'search' }));
    // A read between the two writes returns the new one already.
    expect(readEndpointMarks({ ...tags, ...change.merge })?.spec).toEqual(after);
  });

  it('do not change for the same specification', () => {
    expect(tagChange(tagsOf(spec), spec)).toEqual({ kind: 'none' });
  });

  it('refuse what does not fit', () => {
    const exclusions = Array.from({ length: 600 }, (_, index) => `in01-${String(index).padStart(15, '0')}`);

    expect(tagChange(tagsOf(spec), { ...spec, exclusions })).toMatchObject({ kind: 'too-large' });
  });
});
