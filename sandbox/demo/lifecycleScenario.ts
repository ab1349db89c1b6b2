import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import { ByHand } from '../local/byHand.ts';
import { sample } from '../sampleWorld.ts';
import { follow, sampleRequest } from './connectScenario.ts';
import { planCounts, planLines, planSchema } from './planReport.ts';
import type { PlanView } from './planReport.ts';
import { problemLines } from './report.ts';
import type { View } from './api.ts';
import type { Stage } from './stage.ts';

const NAME = 'pe-by-hand';
const zoneId = `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/${sample.regionId}.vectordb.zillizcloud.com`;
const request = { ...sampleRequest, privateEndpoint: { name: NAME } };
const MINUTE_MS = 60_000;

/**
 * A set-up made by hand is adopted; a user breaks it; drift is found and repaired; disconnect takes it down. Each step says
 * what it did and what it left alone.
 */
export async function lifecycleScenario(stage: Stage): Promise<boolean> {
  const { api, print, sandbox } = stage;
  // A user at a console trusts the simulators as the app does by NODE_EXTRA_CA_CERTS.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), sandbox.authority]);
  const byHand = new ByHand(sandbox, (minutes) => waitFor(stage, minutes));

  heading(stage, '1  A user follows the guide by hand');
  await byHand.followTheGuide(NAME);
  print(
    '  whitelist entry, private endpoint, registration, zone, link, and an A record for each cluster: no marks of ours',
  );

  heading(stage, '2  The plan recognises it, and writes nothing');
  const found = planSchema.parse(await api.send('POST', '/api/connections/plan', request));
  print(...planLines(found), '', `  ${planCounts(found)}`);

  heading(stage, '3  Connect takes it over instead of making it again');
  const id = await api.connect(request);
  const adopted = await ended(stage, id);
  print(`  writes of this run: ${countsOf(adopted.result?.writes ?? {})}`);

  heading(stage, '4  A user breaks it');
  print(...breakIt(stage));

  heading(stage, '5  Drift: what is stored against what is there');
  const drift = await planOf(stage, id);
  print(...planLines({ ...drift, rows: drift.rows.filter(({ action }) => action !== 'keep') }));
  print('', `  ${planCounts(drift)}`);

  heading(stage, '6  Reconcile repairs what is ours, and ends in the proof');
  await api.send('POST', `/api/connections/${id}/reconcile`, {});
  const repaired = await ended(stage, id);
  const after = await planOf(stage, id);
  print(
    `  writes of this run: ${countsOf(repaired.result?.writes ?? {})}`,
    `  drift now: ${planCounts(after)}`,
  );

  heading(stage, '7  Disconnect takes it down in reverse order');
  await api.send('DELETE', `/api/connections/${id}`);
  const gone = await ended(stage, id);
  print(...removalLines(gone));

  const clean = Object.keys(sandbox.azure.control.snapshot().network.privateEndpoints).length === 0;
  return (
    adopted.status === 'connected' &&
    repaired.status === 'connected' &&
    after.rows.every(({ action }) => action === 'keep') &&
    gone.status === 'disconnected' &&
    clean
  );
}

/** A record is deleted, another one is bent, and a record of another owner comes into the zone. */
function breakIt({ sandbox }: Stage): readonly string[] {
  const [first, second] = sample.clusterIds;
  const { control } = sandbox.azure;
  const { metadata } = Object.values(control.snapshot().dns.recordSets).find(({ name }) =>
    name.startsWith(second),
  ) ?? { metadata: {} };
  control.remove(`${zoneId}/A/${first}-privatelink`);
  control.setRecord({
    zoneId,
    name: `${second}-privatelink`,
    addresses: ['10.20.0.99'],
    ttl: 600,
    ...(metadata && { metadata }),
  });
  control.setRecord({ zoneId, name: 'intranet', addresses: ['10.20.0.50'] });
  return [
    `  the record of ${first} is deleted`,
    `  the record of ${second} points to 10.20.0.99`,
    '  a record intranet is put into the zone, which belongs to another owner',
  ];
}

async function planOf({ api }: Stage, id: string): Promise<PlanView> {
  return planSchema.parse(await api.send('POST', `/api/connections/${id}/plan`));
}

async function ended(stage: Stage, id: string): Promise<View> {
  const view = await follow(stage, stage.api, id);
  stage.print('', `  ${view.status}`);
  if (view.problem) stage.print(...problemLines(view.problem));
  return view;
}

function removalLines({ removal }: View): readonly string[] {
  if (!removal) return [];
  return [
    ...removal.removed.map(({ resource, id }) => `  removed  ${resource.padEnd(20)} ${nameOf(id)}`),
    ...removal.kept.map(
      ({ resource, id, reason }) => `  kept     ${resource.padEnd(20)} ${nameOf(id)}: ${reason}`,
    ),
    ...removal.manualSteps.map((action) => `  manual   ${action}`),
  ];
}

/** Lets sandbox time pass. */
async function waitFor(stage: Stage, minutes: number): Promise<void> {
  const until = stage.now() + minutes * MINUTE_MS;
  while (stage.now() < until) await pause(50);
}

function heading({ print }: Stage, text: string): void {
  print('', text, '');
}

function countsOf(writes: Readonly<Record<string, number>>): string {
  const counts = Object.entries(writes).map(([kind, times]) => `${kind} ${times}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
