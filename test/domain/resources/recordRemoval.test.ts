import { recordMetadata } from '../../../src/domain/connection/marks.ts';
import { decideRecordRemoval, goneSince } from '../../../src/domain/resources/aRecord.ts';
import type { ClusterLife } from '../../../src/domain/resources/aRecord.ts';
import type { ARecordSet } from '../../../src/domain/resources/model.ts';

const NOW = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600_000;
const connectionId = 'az-eastus-0123456789ab';
const clusterId = 'in01-0123456789abcde';
const marks = recordMetadata(connectionId, clusterId);

function aRecord(metadata: ARecordSet['metadata']): ARecordSet {
  return {
    zoneId: '/zones/one',
    name: `${clusterId}-privatelink`,
    ttlSeconds: 600,
    addresses: ['10.0.0.4'],
    metadata,
    autoRegistered: false,
    etag: 'e',
  };
}

function decide(word: ClusterLife, metadata: ARecordSet['metadata'] = marks, delayHours = 24) {
  return decideRecordRemoval({ connectionId, clusterId, word, now: NOW, delayHours }, aRecord(metadata));
}

function goneFor(hours: number): ARecordSet['metadata'] {
  return { ...marks, 'zpl-gone-since': new Date(NOW - hours * HOUR).toISOString() };
}

describe('the record of a cluster', () => {
  it.each<[ClusterLife, ARecordSet['metadata'], string]>([
    ['alive', marks, 'keep'],
    ['alive', goneFor(1), 'unmark'],
    ['gone', marks, 'mark'],
    ['gone', goneFor(23.9), 'keep'],
    ['gone', goneFor(24), 'remove'],
    ['gone', goneFor(1000), 'remove'],
    ['gone', goneFor(-1000), 'keep'],
    ['gone', { ...marks, 'zpl-gone-since': 'yesterday' }, 'mark'],
    ['gone', { ...marks, 'zpl-gone-since': '1' }, 'mark'],
    ['not-wanted', marks, 'remove'],
    ['not-wanted', goneFor(1), 'remove'],
  ])('that is %s, with %j: %s', (word, metadata, action) => {
    expect(decide(word, metadata).action).toBe(action);
  });

  it('is removed at the second reading when there is no delay', () => {
    expect(decide('gone', marks, 0).action).toBe('mark');
    expect(decide('gone', goneFor(0), 0).action).toBe('remove');
  });

  it.each<[string, ARecordSet['metadata']]>([
    ['no owner', {}],
    ['another connection', recordMetadata('az-eastus-ba9876543210', clusterId)],
    ['another cluster', recordMetadata(connectionId, 'in01-edcba9876543210')],
  ])('is kept in every case when it is marked by %s', (_, metadata) => {
    expect(
      decide('gone', { ...metadata, 'zpl-gone-since': goneFor(99)['zpl-gone-since'] ?? '' }).action,
    ).toBe('keep');
    expect(decide('not-wanted', metadata).action).toBe('keep');
  });

  it('keeps the other metadata when it is marked, and when it is unmarked', () => {
    const marked = decide('gone', { ...marks, owner: 'team' });
    if (marked.action !== 'mark') throw new Error(marked.action);
    expect(goneSince(marked.metadata)).toBe(NOW);

    const unmarked = decide('alive', marked.metadata);
    expect(unmarked).toEqual(expect.objectContaining({ metadata: { ...marks, owner: 'team' } }));
    const again = decide('gone', { ...marks, 'ZPL-Gone-Since': 'yesterday' });
    if (again.action !== 'mark') throw new Error(again.action);
    expect(Object.keys(again.metadata)).toEqual([...Object.keys(marks), 'zpl-gone-since']);
  });
});
