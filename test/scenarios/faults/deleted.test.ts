import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { endOf } from './cell.ts';
import { noteRow } from './cellRow.ts';
import { startFaultRig } from './faultRig.ts';
import { halfOwned } from './leftovers.ts';
import { inGate } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startFaultRig();
});

afterEach(() => rig.stop());

const zone = `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;

interface Case {
  readonly what: string;
  /** When it is deleted: as soon as this holds. */
  readonly when: (view: ConnectionBody, rig: Rig) => boolean;
  readonly remove: (rig: Rig) => void;
  readonly end: { readonly status: string; readonly code: string | null; readonly phase: string | null };
  /** The same request again; a connection that Zilliz has cut cannot be revived by it. */
  readonly later: string;
}

const isRunning =
  (name: string) =>
  ({ phases }: ConnectionBody): boolean =>
    phases.some(({ phase, state }) => phase === name && state === 'running');
const connected = { status: 'connected', code: null, phase: null };
const stopped = (code: string, phase: string): Case['end'] => ({ status: 'failed', code, phase });

const endpoint = ({ sandbox }: Rig) =>
  Object.values(sandbox.azure.control.snapshot().network.privateEndpoints)[0];
const endpointId = (running: Rig): string => {
  const { name = '', resourceGuid = '' } = endpoint(running) ?? {};
  return `${name}.${resourceGuid}`;
};
const records = ({ sandbox }: Rig) =>
  Object.values(sandbox.azure.control.snapshot().dns.recordSets).filter(({ type }) => type === 'A');
const zones = ({ sandbox }: Rig) => Object.values(sandbox.azure.control.snapshot().dns.zones);
const links = ({ sandbox }: Rig) => Object.values(sandbox.azure.control.snapshot().dns.links);

const cases: readonly Case[] = [
  {
    what: 'the private endpoint while Azure creates it',
    when: (view, running) => isRunning('create-endpoint')(view) && endpoint(running) !== undefined,
    remove: (running) => running.sandbox.azure.control.remove(endpoint(running)?.id ?? ''),
    end: connected,
    later: 'connected',
  },
  {
    what: 'the private endpoint while Zilliz allocates',
    when: isRunning('await-allocation'),
    remove: (running) => running.sandbox.azure.control.remove(endpoint(running)?.id ?? ''),
    end: stopped('endpoint-changed', 'await-allocation'),
    later: 'connected',
  },
  {
    what: 'the registration at Zilliz, which cuts the connection',
    when: isRunning('await-allocation'),
    remove: (running) => running.sandbox.zilliz.control.forgetEndpoint(endpointId(running)),
    end: stopped('connection-disconnected', 'await-allocation'),
    later: 'failed',
  },
  {
    what: 'the registration at Zilliz, of which Azure hears nothing',
    when: isRunning('await-allocation'),
    remove: (running) =>
      running.sandbox.zilliz.control.forgetEndpoint(endpointId(running), { silently: true }),
    end: stopped('registration-failed', 'await-allocation'),
    later: 'connected',
  },
  {
    what: 'the zone before there are records',
    when: (_, running) => zones(running).length > 0,
    remove: (running) => running.sandbox.azure.control.remove(zone),
    end: connected,
    later: 'connected',
  },
  {
    what: 'a record before the zone is linked',
    when: (_, running) => records(running).length > 0 && links(running).length === 0,
    remove: (running) => running.sandbox.azure.control.remove(records(running)[0]?.id ?? ''),
    end: connected,
    later: 'connected',
  },
  {
    what: 'the link while Azure completes it',
    when: (_, running) => links(running).length > 0,
    remove: (running) => running.sandbox.azure.control.remove(links(running)[0]?.id ?? ''),
    end: connected,
    later: 'connected',
  },
];

describe('what a user deletes during a run', () => {
  it.each(inGate(cases, 'the zone before there are records', 'the link while Azure completes it'))(
    '$what: $end.status',
    async ({ what, when, remove, end, later }) => {
      const id = await rig.post(sampleRequest);
      await rig.until(id, (view) => when(view, rig));
      remove(rig);

      const first = endOf(await rig.finish(id));

      expect(first).toMatchObject(end);
      const again = endOf(await rig.connect());
      expect(again.status).toBe(later);
      expect(halfOwned(rig).filter((left) => left.startsWith('/'))).toEqual([]);
      noteRow({ event: `A user deletes ${what}`, end: first, later });
    },
  );
});
