import type { Connection } from '../../client/client.ts';
import { openApp } from '../../cli/client.ts';
import { follow } from '../../cli/follow.ts';
import { sampleRequest } from '../demo/stage.ts';
import type { Host } from '../host/host.ts';

const LOOK_EVERY_S = 0.1;

/** Connects the sample world by the client of the command line, to the end; returns the response of GET. */
export async function connectSample({ baseUrl, keys }: Pick<Host, 'baseUrl' | 'keys'>): Promise<Connection> {
  const interrupted = new AbortController().signal;
  const app = openApp({ baseUrl, headers: { 'x-functions-key': keys.function } }, interrupted);
  const { id } = (await app.connect(sampleRequest)).value;
  const to = { write: () => true };
  await follow(app, [id], { minutes: 10, interval: LOOK_EVERY_S, to }, { interrupted });
  return app.connection(id);
}
