import { callsBySite } from './callsBySite.ts';
import { describeCells } from './describeCells.ts';
import { startFaultRig } from './faultRig.ts';
import { siteKey, sites } from './sites.ts';

describeCells('a call of Zilliz, the vault or the identity', ({ service }) => service !== 'azure');

describe('the table of faults', () => {
  it('has every call that connect makes to the outside', async () => {
    const rig = await startFaultRig();

    const made = await callsBySite(rig);

    expect([...made.keys()].toSorted()).toEqual(sites.map(siteKey).toSorted());
    await rig.stop();
  });
});
