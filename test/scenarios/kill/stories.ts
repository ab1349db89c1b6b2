import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { userAtConsoles, zoneId } from '../lifecycle/support.ts';
import { SYNC_ID } from '../sync/support.ts';
import type { Killer } from './killer.ts';

const { projectId, regionId } = sample;
const [catalogue, search] = sample.clusterIds;
const HOUR = 3_600_000;
/** A week: each death costs the minute until a lost activity is taken up again. */
const patient = { ...sampleRequest, deadlineMinutes: 10_080 };
const perCluster = { ...patient, dns: { layout: 'per-cluster' } };
const linkRefused = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;

/** What users ask of the app, from the world that they find to the end; the host may die from `run` on. */
export interface Story {
  readonly name: string;
  /** Returns the ID of the connection; empty where there is none yet. */
  readonly given: (rig: Rig) => Promise<string>;
  /** Returns the ID of the connection. */
  readonly run: (rig: Rig, killer: Killer, id: string) => Promise<string>;
}

async function connected(rig: Rig, request: object = patient): Promise<string> {
  return (await rig.connect(request)).id;
}

async function connect(killer: Killer, request: object = patient): Promise<string> {
  const { id } = (await killer.call('POST', '/api/connections', request)) as ConnectionBody;
  await killer.finish(id);
  return id;
}

async function disconnect(killer: Killer, id: string): Promise<string> {
  await killer.call('DELETE', `/api/connections/${id}`);
  await killer.finish(id);
  return id;
}

async function reconcile(killer: Killer, id: string, options: object): Promise<string> {
  await killer.call('POST', `/api/connections/${id}/reconcile`, options);
  await killer.finish(id);
  return id;
}

/** A person takes auto registration off the link of the connection. */
async function switchLink(rig: Rig): Promise<void> {
  const { links } = rig.sandbox.azure.control.snapshot().dns;
  const link = Object.values(links).find(({ zone }) => zone === zoneId.toLowerCase());
  await userAtConsoles(rig).changeLink(link?.id ?? '', { registrationEnabled: false });
}

/** One cluster is deleted and one is created; a record is removed only a day after Zilliz has said that its cluster is gone. */
async function clustersChange(rig: Rig, killer: Killer, id: string): Promise<string> {
  rig.sandbox.zilliz.control.deleteCluster(catalogue);
  rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
  for (const hours of [1, 25, 1]) {
    // Something to wait for, at the very moment.
    const until = rig.clock.now() + hours * HOUR;
    rig.clock.schedule(until, () => undefined);
    await killer.run(() => rig.clock.now() >= until);
    await rig.host.runTimerTrigger('sweep');
    await killer.finish(SYNC_ID);
  }
  return id;
}

export const stories: readonly Story[] = [
  {
    name: 'connect',
    given: () => Promise.resolve(''),
    run: (_, killer) => connect(killer),
  },
  {
    name: 'connect and disconnect, a zone for each cluster',
    given: () => Promise.resolve(''),
    run: async (_, killer) => disconnect(killer, await connect(killer, perCluster)),
  },
  {
    name: 'sync',
    given: connected,
    run: async (rig, killer, id) => {
      await killer.call('DELETE', `/api/connections/${id}/clusters/${search}`);
      return clustersChange(rig, killer, id);
    },
  },
  {
    name: 'sync, a zone for each cluster',
    given: (rig) => connected(rig, perCluster),
    run: clustersChange,
  },
  {
    name: 'reconcile with replace',
    given: async (rig) => {
      const id = await connected(rig);
      await switchLink(rig);
      const endpoint = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints).find(
        ({ tags }) => tags['zpl-connection'] === id,
      );
      rig.sandbox.azure.control.setConnection(endpoint?.id ?? '', 'Disconnected');
      return id;
    },
    run: (_, killer, id) => reconcile(killer, id, { allowReplace: true }),
  },
  {
    name: 'reconcile after changes by hand',
    given: async (rig) => {
      const id = await connected(rig);
      await switchLink(rig);
      const records = Object.values(rig.sandbox.azure.control.snapshot().dns.recordSets);
      for (const record of records.filter(({ type }) => type === 'A'))
        rig.sandbox.azure.control.remove(record.id);
      return id;
    },
    run: (_, killer, id) => reconcile(killer, id, {}),
  },
  {
    name: 'disconnect',
    given: connected,
    run: (_, killer, id) => disconnect(killer, id),
  },
  {
    name: 'disconnect from a zone with a record of another owner',
    given: async (rig) => {
      const id = await connected(rig);
      rig.sandbox.azure.control.setRecord({ zoneId, name: 'by-hand', addresses: ['10.9.9.9'] });
      return id;
    },
    run: (_, killer, id) => disconnect(killer, id),
  },
  {
    name: 'undo',
    given: (rig) => {
      rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: linkRefused, times: 'always' });
      return Promise.resolve('');
    },
    run: (_, killer) => connect(killer, { ...patient, onFailure: 'undo' }),
  },
  {
    name: 'adopt, and give back',
    given: async (rig) => {
      await userAtConsoles(rig).followTheGuide('pe-by-hand');
      return '';
    },
    run: async (_, killer) =>
      disconnect(killer, await connect(killer, { ...patient, privateEndpoint: { name: 'pe-by-hand' } })),
  },
];
