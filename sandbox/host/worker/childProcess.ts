import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import type { HostLog, HostLogLine } from '../log.ts';
import type { FromChild, ToChild } from './childProtocol.ts';
import { WorkerLostError } from './worker.ts';
import type { Invocation, InvocationResult, RegisteredFunction } from './worker.ts';
import { measureTime } from './workerTime.ts';

export interface Child {
  readonly functions: readonly RegisteredFunction[];
  /** Invocations that have not answered. */
  readonly running: number;
  /** Resolves, never rejects, with the exit code or the signal. */
  readonly exited: Promise<string>;
  invoke(invocation: Invocation, instant: number | undefined): Promise<InvocationResult>;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly appDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
  readonly clock: Clock;
  readonly log: HostLog;
}

interface Open {
  readonly resolve: (result: InvocationResult) => void;
  readonly reject: (error: Error) => void;
}

/** Forks one worker process and waits until its app is loaded. Rejects with the app's own error when it does not load. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const time = await measureTime(options.clock);
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    cwd: options.appDirectory,
    env: options.environment,
    execArgv: [...options.nodeArguments],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  forwardLines(child.stdout, 'stdout', options.log);
  forwardLines(child.stderr, 'stderr', options.log);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(String(signal ?? code)));
    child.once('error', (error) => resolve(error.message));
  });
  const open = new Map<number, Open>();
  void exited.then(() => {
    for (const { reject } of open.values()) reject(new WorkerLostError('The worker process ended.'));
    open.clear();
  });
  const ready = listen(child, open, options.log);
  tell(child, { kind: 'start', appDirectory: options.appDirectory, time });
  const functions = await Promise.race([ready, exited.then(failOnExit)]);
  let lastId = 0;
  return {
    functions,
    exited,
    get running() {
      return open.size;
    },
    invoke: (invocation, instant) =>
      new Promise((resolve, reject) => {
        if (!child.connected) {
          reject(new WorkerLostError('The worker process ended.'));
          return;
        }
        lastId += 1;
        open.set(lastId, { resolve, reject });
        tell(child, { kind: 'invoke', id: lastId, invocation, ...(instant !== undefined && { instant }) });
      }),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function listen(
  child: ChildProcess,
  open: Map<number, Open>,
  log: HostLog,
): Promise<readonly RegisteredFunction[]> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromChild) => {
      switch (message.kind) {
        case 'ready':
          resolve(message.functions);
          return;
        case 'failed':
          reject(new Error(`The app does not load: ${message.message}`));
          child.kill('SIGKILL');
          return;
        case 'log':
          log(message.line);
          return;
        case 'result':
          open.get(message.id)?.resolve(message.result);
          open.delete(message.id);
          return;
      }
    });
  });
}

function failOnExit(how: string): never {
  throw new Error(`The app's process ended while loading (${how}).`);
}

/** A process that is gone is noticed by its exit, not by a message that could not be sent. */
function tell(child: ChildProcess, message: ToChild): void {
  child.send(message, () => undefined);
}

function forwardLines(stream: Readable | null, source: 'stdout' | 'stderr', log: HostLog): void {
  if (!stream) return;
  const level: HostLogLine['level'] = source === 'stderr' ? 'warning' : 'information';
  createInterface({ input: stream }).on('line', (message) => log({ source, level, message }));
}
