import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { escaped } from '../../../src/http/views/html.ts';
import { disconnect } from '../../scenarios/lifecycle/support.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.stop());

/** Shown in another form: times of phases as durations, host and port as the address, a record by its cluster and address, `final` by loading no more, `confirmed` by "since". */
const toldOtherwise =
  /\/(final|confirmed|type|code|startedAt|endedAt|host|port|percent|recordSetId|record\/id|zones\/\d+\/name)$/;

/** Facts of the JSON that the page does not show, by their place. */
async function factsMissing(id: string): Promise<readonly string[]> {
  const path = `/api/connections/${id}`;
  const { body } = await rig.call('GET', path);
  const response = await fetch(`${rig.host.baseUrl}${path}`, {
    headers: { accept: 'text/html,*/*', 'x-functions-key': rig.host.keys.function },
  });
  const page = await response.text();
  return leaves(body).flatMap(([place, value]) =>
    toldOtherwise.test(place) || page.includes(escaped(String(value))) ? [] : `${place}: ${String(value)}`,
  );
}

function leaves(value: unknown, place = ''): readonly (readonly [string, string | number | boolean])[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${place}/${key}`));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [[place, value]]
    : [];
}

const locked = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;

describe('the page shows what the JSON says', () => {
  it('of a run under way', async () => {
    const id = await rig.post(sampleRequest);
    await rig.until(id, ({ phases }) =>
      phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running'),
    );

    expect(await factsMissing(id)).toEqual([]);
  });

  it('of a finished connection', async () => {
    const { id } = await rig.connect();

    expect(await factsMissing(id)).toEqual([]);
  });

  it('of a run that failed and could not undo all it had made', async () => {
    rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: locked, times: 'always' });
    rig.sandbox.faults.order({ call: 'privateDnsZones.delete', fault: locked, times: 'always' });
    const { id } = await rig.connect({ ...sampleRequest, onFailure: 'undo' });

    expect(await factsMissing(id)).toEqual([]);
  });

  it('of a disconnect, with what it removed and what it kept', async () => {
    const { id } = await rig.connect();
    await disconnect(rig, id);

    expect(await factsMissing(id)).toEqual([]);
  });

  it('of DNS that is left to others', async () => {
    const { id } = await rig.connect({ ...sampleRequest, dns: { manage: false } });

    expect(await factsMissing(id)).toEqual([]);
  });
});
