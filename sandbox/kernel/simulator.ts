import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerCertificate } from './certificates.ts';
import type { Clock } from './clock.ts';
import type { Fault, Faults } from './faults.ts';
import { operationFinder } from './operation.ts';
import type { Call, Operation, Reply, UnmatchedCall } from './operation.ts';
import type { Traffic } from './traffic.ts';

export interface SimulatorOptions {
  /** `azure`, `zilliz`, `keyVault`, `identity` … */
  readonly service: string;
  readonly operations: readonly Operation[];
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** With it the simulator speaks HTTPS, which the Azure SDKs insist on; without it plain HTTP. */
  readonly certificate?: ServerCertificate;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Responds before any operation runs: authentication, missing `api-version`, throttling. */
  readonly guard?: (call: UnmatchedCall, operation: Operation | undefined) => Reply | undefined;
  /** Headers that the service adds to each answer. */
  readonly headers?: (call: UnmatchedCall) => Readonly<Record<string, string>>;
  /** What the service says of a path it does not know. */
  readonly unknown?: (call: UnmatchedCall) => Reply;
  /** Called after a write and before its answer leaves. */
  readonly afterWrite?: () => void;
}

export interface RunningSimulator {
  /** `https://localhost:PORT`, without a trailing slash. */
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Serves the operations of one simulated service on a port of 127.0.0.1, with the faults that were ordered. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const find = operationFinder(options.operations);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(options, find, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };
  const server: Server = options.certificate
    ? createHttpsServer({ ...options.certificate }, listener)
    : createHttpServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `${options.certificate ? 'https' : 'http'}://localhost:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(
  options: SimulatorOptions,
  find: ReturnType<typeof operationFinder>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = await readCall(request);
  const found = find(call);
  const fault = found && options.faults.take(found.operation.name, call.path);
  const reply = await answer(options, call, found, fault);
  const headers = { ...options.headers?.(call), ...reply.headers };
  options.traffic.record({
    at: options.clock.now(),
    service: options.service,
    operation: found?.operation.name ?? 'unknown',
    write: found?.operation.write ?? false,
    request: { method: call.method, url: call.url, headers: call.headers, body: call.body },
    response: { status: reply.status, headers, body: reply.body ?? reply.text },
    ...(fault && { fault: fault.kind }),
  });
  await send(response, { ...reply, headers }, fault);
}

async function answer(
  options: SimulatorOptions,
  call: UnmatchedCall,
  found: { operation: Operation; call: Call } | undefined,
  fault: Fault | undefined,
): Promise<Reply> {
  if (fault?.kind === 'delay') await pause(fault.milliseconds);
  if (fault?.kind === 'reset' || fault?.kind === 'hang') return { status: 0 };
  if (fault?.kind === 'status') {
    const { status, body, headers } = fault;
    return { status, ...(body !== undefined && { body }), ...(headers && { headers }) };
  }
  const refused = options.guard?.(call, found?.operation);
  if (refused) return refused;
  if (!found) return options.unknown?.(call) ?? { status: 404, body: { error: { code: 'NotFound' } } };
  const reply = await found.operation.handle(found.call);
  if (fault?.kind === 'duplicate') await found.operation.handle(found.call);
  if (found.operation.write) options.afterWrite?.();
  return reply;
}

async function send(response: ServerResponse, reply: Reply, fault: Fault | undefined): Promise<void> {
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset' || fault?.kind === 'answerLost') {
    response.socket?.destroy();
    return;
  }
  const text = reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  const type = { 'content-type': 'application/json; charset=utf-8' };
  if (fault?.kind === 'garbage') {
    response.writeHead(reply.status, type).end(fault.text);
    return;
  }
  response.writeHead(reply.status, {
    ...(text !== '' && type),
    'content-length': String(Buffer.byteLength(text)),
    ...reply.headers,
  });
  if (fault?.kind === 'truncated') {
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
    return;
  }
  if (fault?.kind === 'slowBody') {
    response.write(text.slice(0, 1));
    await pause(fault.milliseconds);
    response.end(text.slice(1));
    return;
  }
  response.end(text);
}

async function readCall(request: IncomingMessage): Promise<UnmatchedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = request.url ?? '/';
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const query: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(search)) query[key.toLowerCase()] = value;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return { method: request.method ?? 'GET', url, path, query, headers, body: parseJson(text), text };
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
