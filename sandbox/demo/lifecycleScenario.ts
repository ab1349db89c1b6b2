import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import { ByHand } from '../local/byHand.ts';
import { sample } from '../sampleWorld.ts';
import { sampleRequest } from './stage.ts';
import type { Stage } from './stage.ts';

const NAME = 'pe-by-hand';
const zoneId = `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/${sample.regionId}.vectordb.zillizcloud.com`;
const request = { ...sampleRequest, privateEndpoint: { name: NAME } };
const { id } = connectionFrom(connectionRequestSchema.parse(request));
const MINUTE_MS = 60_000;

/**
 * A set-up made by hand is adopted; a user breaks it; drift is found and repaired; disconnect takes it down. Each step says
 * what it did and what it left alone.
 */
export async function lifecycleScenario(stage: Stage): Promise<boolean> {
  const { print, sandbox } = stage;
  // A user at a console trusts the simulators as the app does by NODE_EXTRA_CA_CERTS.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), sandbox.authority]);
  const byHand = new ByHand(sandbox, (minutes) => waitFor(stage, minutes));
  const codes: number[] = [];
  const step = async (text: string, ...parameters: readonly string[]): Promise<void> => {
    print('', text, '');
    codes.push(await stage.command(parameters, JSON.stringify(request)));
  };

  print('', '1  A user follows the guide by hand', '');
  await byHand.followTheGuide(NAME);
  print(
    '  whitelist entry, private endpoint, registration, zone, link, and an A record for each cluster: no marks of ours',
  );
  await step('2  The plan says what it would adopt, and writes nothing', 'plan', '-');
  await step('3  Connect adopts it instead of making it again', 'connect', '-', '--wait');
  print('', '4  A user breaks it', '', ...breakIt(stage));
  await step('5  Drift: what is stored against what is there', 'plan', id);
  await step('6  Reconcile repairs what is ours, and ends in the proof', 'reconcile', id, '--wait');
  await step('7  No drift is left', 'plan', id);
  await step('8  Disconnect takes it down in reverse order', 'disconnect', id, '--wait');

  const clean = Object.keys(sandbox.azure.control.snapshot().network.privateEndpoints).length === 0;
  return codes.join() === '0,0,3,0,0,0' && clean;
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

/** Lets sandbox time pass. */
async function waitFor(stage: Stage, minutes: number): Promise<void> {
  const until = stage.now() + minutes * MINUTE_MS;
  while (stage.now() < until) await pause(50);
}
