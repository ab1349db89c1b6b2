import fc from 'fast-check';
import { clusterIdFault, projectIdFault, regionIdFault } from '../../../src/domain/connection/names.ts';
import { parseClusterEvent } from '../../../src/domain/sync/clusterEvent.ts';

const good = { projectId: 'proj-1', regionId: 'az-eastus', clusterId: 'in01-0123456789abcde' };

function read(data: object) {
  return parseClusterEvent({
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 'Zilliz.Cluster.Created',
    data,
  });
}

describe('the data of a cluster event', () => {
  it.each([
    ['projectId', projectIdFault, 'proj_-AZaz09'],
    ['regionId', regionIdFault, 'az-09'],
    ['clusterId', clusterIdFault, 'in0159-az'],
  ] as const)('%s is taken exactly when a request may name it', (name, fault, letters) => {
    const like = fc
      .array(fc.constantFrom(...Array.from(letters), ' ', '/'), { maxLength: 20 })
      .map((parts) => parts.join(''));
    const value = fc.oneof(
      like,
      like.map((tail) => good[name].slice(0, 5) + tail),
      fc.string(),
    );

    fc.assert(fc.property(value, (text) => read({ ...good, [name]: text }).ok === (fault(text) === null)));
  });

  it('may be anything: reading it never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        parseClusterEvent(event);
      }),
    );
  });
});
