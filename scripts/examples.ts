// The responses that the docs show, taken from the app over the simulators in virtual time. A page has the place of each:
// `<!-- example: NAME -->`, and a block of JSON after it.
import * as z from 'zod';
import type { Answer } from '../sandbox/rig/deployment.ts';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import type { Rig } from '../sandbox/rig/rig.ts';
import { sample } from '../sandbox/sampleWorld.ts';
import { pagesWith } from './figures.ts';

const place = /(<!-- example: ([\w-]+) -->\n\n?)(?:```json\n.*?^```)/gms;
const bodySchema = z.record(z.string(), z.json());
const acceptedSchema = z.object({ id: z.string() });
type Body = z.infer<typeof bodySchema>;
type Json = z.infer<ReturnType<typeof z.json>>;

/** Path → text with today's responses, for README and docs. */
export async function pagesWithExamples(): Promise<Readonly<Record<string, string>>> {
  const examples = await responses();
  const shown = (name: string): string => {
    const body = examples.get(name);
    if (body === undefined) throw new Error(`There is no example ${name}.`);
    return JSON.stringify(body, null, 2).replaceAll(
      /https?:\/\/127\.0\.0\.1:\d+/g,
      'https://<app>.azurewebsites.net',
    );
  };
  return pagesWith('example', (text) =>
    text.replaceAll(place, (_, head: string, name: string) => `${head}\`\`\`json\n${shown(name)}\n\`\`\``),
  );
}

/** A connection from the first plan to its end, with a fault and a repair. */
async function responses(): Promise<ReadonlyMap<string, Body>> {
  const rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const examples = new Map<string, Body>();
  const keep = (name: string, { body }: Answer, shorten: (body: Body) => Body = (all) => all): Body => {
    const parsed = bodySchema.parse(body);
    examples.set(name, shorten(parsed));
    return parsed;
  };
  try {
    const post = (path: string, body?: object): Promise<Answer> =>
      rig.call('POST', `/api/connections${path}`, body);
    keep('malformed', await post('', { ...sampleRequest, regionId: 'eastus' }));
    keep('ready', await rig.call('GET', '/api/health/ready'));
    keep('plan', await post('/plan', sampleRequest), (plan) => ({
      ...only(plan, 'id changes problems warnings cost expectedSeconds'),
      rows: each(plan.rows, 'resource action reason'),
    }));
    const { id } = acceptedSchema.parse(keep('accepted', await post('', sampleRequest)));
    const get = (rest = ''): Promise<Answer> => rig.call('GET', `/api/connections/${id}${rest}`);
    await rig.until(id, ({ phases }) =>
      phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running'),
    );
    keep('running', await get(), (view) => ({
      ...only(view, 'id status final asOf source workflow percent deadlineAt writes'),
      phases: each(view.phases, 'phase state startedAt endedAt reason'),
      problem: view.problem ?? null,
    }));
    await rig.finish(id);
    keep('connected', await get(), (view) => ({
      ...only(view, 'id status final asOf source'),
      result: connectedResult(view.result),
      problem: view.problem ?? null,
    }));
    keep('run', await get('/run'), (run) =>
      only(run, 'id workflow outcome status final exitCode startedBy problem links'),
    );
    keep('list', await rig.call('GET', '/api/connections'));
    keep('cluster', await get(`/clusters/${sample.clusterIds[0]}`));

    spoilRecord(rig);
    keep('drift', await post(`/${id}/plan`), ({ changes, rows }) => ({
      changes: changes ?? null,
      rows: Array.isArray(rows) ? rows.filter((row) => bodySchema.parse(row).action !== 'keep') : [],
    }));

    keep('disconnecting', await rig.call('DELETE', `/api/connections/${id}`));
    await rig.finish(id);
    keep('disconnected', await get(), (view) => only(view, 'id status final removal'));
    const failed = await rig.post({
      ...sampleRequest,
      subnetId: `${sample.virtualNetworkId}/subnets/snet-none`,
    });
    await rig.finish(failed);
    keep('failed', await rig.call('GET', `/api/connections/${failed}`), (view) =>
      only(view, 'id status final writes problem'),
    );
    return examples;
  } finally {
    await rig.stop();
  }
}

/** Another user changes the address of the first cluster's record. */
function spoilRecord({ sandbox }: Rig): void {
  const { control } = sandbox.azure;
  for (const { id, metadata } of Object.values(control.snapshot().dns.recordSets)) {
    const [zoneId = '', name] = id.split('/A/');
    if (name?.startsWith(sample.clusterIds[0]))
      control.setRecord({ zoneId, name, addresses: ['10.20.9.9'], metadata: metadata ?? {} });
  }
}

function connectedResult(result: Json | undefined): Body {
  const { outcome, privateEndpoint, clusters, warnings, manualSteps } = bodySchema.parse(result);
  return {
    ...{ outcome: outcome ?? null, privateEndpoint: privateEndpoint ?? null },
    clusters: Array.isArray(clusters) ? clusters.slice(0, 1) : [],
    warnings: warnings ?? [],
    manualSteps: manualSteps ?? [],
  };
}

/** These fields alone, in this order. */
function only(body: Body, names: string): Body {
  return Object.fromEntries(names.split(' ').map((name) => [name, body[name] ?? null]));
}

function each(rows: Json | undefined, names: string): Json {
  return Array.isArray(rows) ? rows.map((row) => only(bodySchema.parse(row), names)) : [];
}
