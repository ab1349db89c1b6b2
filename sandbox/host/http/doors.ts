import type { Orchestrations } from '../hub/orchestrations.ts';
import type { HostLog } from '../log.ts';
import type { Workload } from '../workload.ts';
import { management } from './management.ts';
import type { ManagementPlace } from './managementUrls.ts';
import { emptyReply } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';
import { listen } from './server.ts';

export interface Doors {
  readonly port: number;
  /** What the durable client's links are made of; the hub's name is known when the app is loaded. */
  readonly place: ManagementPlace & { hubName: string };
  /** Until then the public port returns 503. */
  serve(answer: (request: HostRequest) => Promise<HostReply>): void;
  close(): Promise<void>;
}

/** As on the real host, where it is 127.0.0.1:17071: without a key, and known to the worker only. */
const RPC_PATH = '/durabletask/';

/** Opens the public port and the one for the worker's durable client. */
export async function openDoors(options: {
  readonly port: number;
  readonly systemKey: string;
  readonly orchestrations: Orchestrations;
  readonly workload: Workload;
  readonly log: HostLog;
}): Promise<Doors> {
  const { workload, log, orchestrations } = options;
  let answer: (request: HostRequest) => Promise<HostReply> = () => Promise.resolve(emptyReply(503));
  const front = await listen({ port: options.port, workload, log, answer: (request) => answer(request) });
  const origin = `http://127.0.0.1:${front.port}`;
  const place = { origin, rpcBaseUrl: '', hubName: '', systemKey: options.systemKey };
  const rpc = await listen({
    port: 0,
    workload,
    log,
    answer: async (request) => {
      if (!request.path.startsWith(RPC_PATH)) return emptyReply(404);
      return management({ orchestrations, place }, request, request.path.slice(RPC_PATH.length));
    },
  });
  place.rpcBaseUrl = `http://127.0.0.1:${rpc.port}${RPC_PATH}`;
  return {
    port: front.port,
    place,
    serve(next) {
      answer = next;
    },
    async close() {
      await Promise.all([front.close(), rpc.close()]);
    },
  };
}
