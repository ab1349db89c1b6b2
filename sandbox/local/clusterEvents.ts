import type { Sandbox } from '../sandbox.ts';

/** What the deployment does once the function is there: events of the topic come to the app. Rejects when it is not there. */
export async function subscribeToClusterEvents(
  { eventGrid }: Pick<Sandbox, 'eventGrid'>,
  app: { readonly baseUrl: string; readonly systemKey?: string },
): Promise<void> {
  const webhook = new URL(`${app.baseUrl}/runtime/webhooks/eventgrid?functionName=clusterEvents`);
  if (app.systemKey !== undefined) webhook.searchParams.set('code', app.systemKey);
  await eventGrid.control.subscribe({
    name: 'clusters-to-workflow',
    endpointUrl: webhook.href,
    maxEventsPerBatch: 10,
    deadLetter: true,
  });
}
