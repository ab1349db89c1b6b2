import type { LongRunningCall } from '../../../sandbox/azure/control/trouble.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { endOf } from './cell.ts';
import { noteRow } from './cellRow.ts';
import { startFaultRig, timings } from './faultRig.ts';
import { halfOwned, linksOfOurs } from './leftovers.ts';
import { inGate } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  // Operations end at once, because the clock does not advance while the app follows one.
  const atOnce = { privateEndpoint: () => 0, privateEndpointDelete: () => 0, zone: () => 0, link: () => 0 };
  rig = await startFaultRig({ timings: { ...timings, azure: { ...timings.azure, ...atOnce } } });
});

afterEach(() => rig.stop());

/** More often than connect could ever ask. */
const ALWAYS = 60;

interface Case {
  readonly call: LongRunningCall;
  readonly times: number;
  /** Of Azure; one that says nothing to us, or one that time may cure. */
  readonly error: string;
  readonly end: { readonly status: string; readonly code: string | null; readonly phase: string | null };
}

const connected = { status: 'connected', code: null, phase: null };
const stopped = (code: string, phase: string): Case['end'] => ({ status: 'failed', code, phase });

const cases: readonly Case[] = [
  { call: 'privateEndpoints.put', times: 1, error: 'ProvisioningFailed', end: connected },
  { call: 'privateEndpoints.put', times: 2, error: 'ProvisioningFailed', end: connected },
  {
    call: 'privateEndpoints.put',
    times: ALWAYS,
    error: 'ProvisioningFailed',
    end: stopped('endpoint-failed', 'create-endpoint'),
  },
  { call: 'privateEndpoints.put', times: 3, error: 'InternalServerError', end: connected },
  { call: 'privateDnsZones.put', times: 1, error: 'ProvisioningFailed', end: connected },
  { call: 'privateDnsZones.put', times: 3, error: 'InternalServerError', end: connected },
  {
    call: 'privateDnsZones.put',
    times: ALWAYS,
    error: 'ProvisioningFailed',
    end: stopped('zone-failed', 'configure-dns'),
  },
  { call: 'virtualNetworkLinks.put', times: 1, error: 'ProvisioningFailed', end: connected },
  { call: 'virtualNetworkLinks.put', times: 3, error: 'InternalServerError', end: connected },
  {
    call: 'virtualNetworkLinks.put',
    times: ALWAYS,
    error: 'ProvisioningFailed',
    end: stopped('link-failed', 'configure-dns'),
  },
];

describe('an operation of Azure that ends Failed', () => {
  it.each(
    inGate(
      cases.map((one) => ({ name: `${one.call} ${one.times}`, ...one })),
      ...['privateEndpoints.put 2', 'virtualNetworkLinks.put 1', `virtualNetworkLinks.put ${ALWAYS}`],
    ),
  )('$call, $times times with $error: $end.status', async ({ call, times, error, end }) => {
    const { control } = rig.sandbox.azure;
    const order = { code: error, message: `It did not work (${error}).` };
    for (let time = 0; time < times; time++) control.failNext(call, order);

    const first = endOf(await rig.connect());

    expect(first).toMatchObject(end);
    expect(halfOwned(rig)).toEqual([]);
    if (first.status === 'failed') {
      expect(first.remedy).not.toBe('');
      expect(linksOfOurs(rig)).toEqual([]);
    }
    control.failNoMore();
    const later = endOf(await rig.connect()).status;
    expect(later).toBe('connected');
    const often = times === ALWAYS ? 'always' : `${times} times`;
    noteRow({ event: `The operation of ${call} ends Failed with ${error}, ${often}`, end: first, later });
  });
});
