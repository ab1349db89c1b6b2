import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureStateSchema, emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import type { AzureState } from '../../../sandbox/azure/state/schema.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { fileStore } from '../../../sandbox/kernel/store.ts';
import type { Store } from '../../../sandbox/kernel/store.ts';
import { endpointBody, endpointPath, MINUTE_MS, startTestBed } from './support.ts';

const PATH = endpointPath('pe-zilliz');

describe('the Azure simulator after a restart', () => {
  const open = (file: string): Store<AzureState> =>
    fileStore(file, azureStateSchema, () => emptyAzureState());

  it('goes on with what was under way, as if it had never stopped', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'azure-state-')), 'azure.json');
    const clock = new VirtualClock();
    const first = await startTestBed({ clock, store: open(file) });
    const made = await first.arm('PUT', PATH, endpointBody());
    await first.stop();

    clock.advanceTo(clock.now() + 2 * MINUTE_MS);
    const second = await startTestBed({ clock, store: open(file), seeded: true });
    const found = await second.arm('GET', PATH);
    expect(found.at('properties.provisioningState')).toBe('Succeeded');
    expect(found.at('properties.resourceGuid')).toBe(made.at('properties.resourceGuid'));
    const [, path = ''] = /^https:\/\/[^/]+(.*)$/.exec(made.headers['azure-asyncoperation'] ?? '') ?? [];
    expect((await second.arm('GET', path)).body).toEqual({ status: 'Succeeded' });
    await second.stop();
  });

  it('draws the same GUIDs for the same seed', async () => {
    const guids = [];
    for (let run = 0; run < 2; run += 1) {
      const bed = await startTestBed();
      guids.push((await bed.arm('PUT', PATH, endpointBody())).at('properties.resourceGuid'));
      await bed.stop();
    }
    expect(guids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(guids[0]).toBe(guids[1]);
  });
});
