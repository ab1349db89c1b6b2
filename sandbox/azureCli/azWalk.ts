import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import { regionalZoneName } from '../../src/domain/connection/names.ts';
import { sampleRequest } from '../demo/stage.ts';
import { connectSample } from '../local/connectSample.ts';
import type { RunningApp } from '../local/runningApp.ts';
import { sample } from '../sampleWorld.ts';
import { regionalAlias } from '../zilliz/seed.ts';
import { azureCli } from './az.ts';
import { azureCliEnvironment } from './environment.ts';
import { setUpByHand, takeDownByHand } from './guideByHand.ts';
import { lookAround, signIn } from './lookAround.ts';
import type { Made } from './lookAround.ts';
import { Walk } from './walk.ts';
import type { Verdict } from './walk.ts';

/** The app connects; then the Azure CLI reads what it created, and does the guide's Azure half itself. */
export async function azWalk(
  app: RunningApp,
  directory: string,
  tell: (verdict: Verdict) => void,
): Promise<readonly Verdict[]> {
  const { azure } = app.sandbox;
  // Without it the CLI polls again only after half a minute.
  azure.control.setPolling({ retryAfterSeconds: 2 });
  const walk = new Walk(azureCli(azureCliEnvironment(app.sandbox, directory)), tell);
  const made = await connect(app);
  await signIn(walk, azure.baseUrl, made);
  await lookAround(walk, made);
  await setUpByHand(walk, {
    location: sample.regionId.replace(/^az-/, ''),
    alias: regionalAlias(sample.regionId),
    zone: made.zone,
    approve: (endpointId) => azure.provider.setConnection(endpointId, 'Approved'),
  });
  await takeDownByHand(walk, made.zone);
  return walk.verdicts;
}

async function connect(app: RunningApp): Promise<Made> {
  const { privateEndpoint } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
  const view = await connectSample(app.host);
  if (view.status !== 'connected' || !view.result?.privateEndpoint) {
    throw new Error(`the run before the walk ended ${view.status}: ${view.problem?.detail ?? ''}`);
  }
  const { endpointId, address } = view.result.privateEndpoint;
  return {
    subscriptionId: sample.subscriptionId,
    resourceGroup: privateEndpoint.resourceGroup,
    virtualNetwork: sample.virtualNetworkId.split('/').at(-1) ?? '',
    privateEndpoint: { id: privateEndpoint.id, name: privateEndpoint.name, address },
    endpointId,
    zone: regionalZoneName(sample.regionId),
    records: sample.clusterIds.map((clusterId) => `${clusterId}-privatelink`),
    connectionId: view.id,
  };
}
