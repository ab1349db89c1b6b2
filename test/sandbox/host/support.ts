import type { Host } from '../../../sandbox/host/host.ts';
import type { InstanceSnapshot } from '../../../sandbox/host/hub/instance.ts';

/** Starts an orchestration by the management API, as a client would. */
export async function startInstance(
  host: Host,
  name: string,
  instanceId: string,
  input?: unknown,
): Promise<Response> {
  return post(host, `orchestrators/${name}/${instanceId}`, input);
}

/** POSTs to the management API with the system key. */
export function post(host: Host, path: string, body?: unknown): Promise<Response> {
  const url = new URL(`${host.baseUrl}/runtime/webhooks/durabletask/${path}`);
  url.searchParams.set('code', host.keys.system);
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

export function instanceOf(host: Host, instanceId: string): InstanceSnapshot {
  const found = host.instances().find((instance) => instance.instanceId === instanceId);
  if (!found) throw new Error(`There is no instance ${instanceId}.`);
  return found;
}

/** The instance when it has ended. */
export async function finished(host: Host, instanceId: string): Promise<InstanceSnapshot> {
  const isOver = (): boolean =>
    ['Completed', 'Failed', 'Terminated'].includes(instanceOf(host, instanceId).runtimeStatus);
  await host.runUntil(isOver);
  return instanceOf(host, instanceId);
}
