import { parseArgs } from 'node:util';
import { ApiError } from '../client/client.ts';
import { openApp } from './client.ts';
import { commands } from './commands.ts';
import type { Options } from './commands.ts';
import { CommandError, exitCodes, print } from './io.ts';
import type { Io } from './io.ts';
import { problemLines } from './report.ts';
import { didYouMean } from '../src/domain/connection/request.ts';
import { findTarget } from './target.ts';
import { usage } from './usage.ts';

const options = {
  wait: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '90' },
  interval: { type: 'string' },
  project: { type: 'string' },
  region: { type: 'string' },
  subnet: { type: 'string' },
  'allow-replace': { type: 'boolean', default: false },
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
  app: { type: 'string' },
  key: { type: 'string' },
  token: { type: 'string' },
  audience: { type: 'string' },
  'function-app': { type: 'string' },
  'resource-group': { type: 'string' },
  help: { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Runs one command and returns its exit code. Nothing of it is a stack trace, and nothing shows a key or a token. */
export async function runCommandLine(parameters: readonly string[], io: Io): Promise<number> {
  try {
    return await run(parameters, io);
  } catch (error) {
    if (error instanceof CommandError) {
      print(io.err, [error.message]);
      return error.exitCode;
    }
    if (io.interrupted.aborted) {
      print(io.err, ['Stopped. What the app has accepted goes on.']);
      return exitCodes.running;
    }
    if (error instanceof ApiError) {
      print(io.err, error.problem ? problemLines(error.problem) : [error.message]);
      return error.status === 400 ? exitCodes.usage : exitCodes.failed;
    }
    print(io.err, [`The app cannot be reached: ${reasonOf(error)}`]);
    return exitCodes.failed;
  }
}

async function run(parameters: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parsed(parameters);
  const [name, ...names] = positionals;
  if (values.help || (name === undefined && !values.version)) {
    print(values.help ? io.out : io.err, [usage]);
    return values.help ? exitCodes.asked : exitCodes.usage;
  }
  if (values.version) {
    print(io.out, [VERSION]);
    return exitCodes.asked;
  }
  const command = commandNamed(name ?? '');
  refuseExcluded(name ?? '', values);
  const chosen = optionsOf(values, values.json ? io.err : io.out);
  const app = openApp(findTarget(values, io), io.interrupted);
  const { lines, json, exitCode } = await command({ app, names, options: chosen, io });
  print(io.out, values.json ? [JSON.stringify(json, null, 2)] : lines);
  return exitCode;
}

function commandNamed(name: string): (typeof commands)[string] {
  const command = new Map(Object.entries(commands)).get(name);
  if (command) return command;
  const known = Object.keys(commands);
  const hint = didYouMean(name, known) || `: take one of ${known.join(', ')}.`;
  throw new CommandError(`There is no command ${name}${hint}`);
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], options, allowPositionals: true });
  } catch (error) {
    const reason = reasonOf(error);
    const [, unknown] = /Unknown option '(--?[^']+?)'/.exec(reason) ?? [];
    const known = Object.keys(options).map((name) => `--${name}`);
    const sentence =
      unknown === undefined ? reason : `There is no option ${unknown}${didYouMean(unknown, known)}`;
    throw new CommandError(`${sentence}\nAll commands and options: zilliz-private-link --help`);
  }
}

/** Options that only some commands take. */
const takenBy: Readonly<Record<string, readonly string[]>> = {
  wait: ['connect', 'wait', 'reconcile', 'disconnect', 'clusters'],
  project: ['plan', 'connect'],
  region: ['plan', 'connect'],
  subnet: ['plan', 'connect'],
  'allow-replace': ['reconcile'],
  format: ['export'],
};

const excluding: readonly (readonly [keyof Values, keyof Values])[] = [
  ['key', 'token'],
  ['key', 'audience'],
  ['token', 'audience'],
  ['app', 'function-app'],
];

/** An option without effect is a misunderstanding: it is refused. */
function refuseExcluded(command: string, values: Values): void {
  for (const [option, commandsWithIt] of Object.entries(takenBy)) {
    const isGiven = new Map<string, unknown>(Object.entries(values)).get(option) ?? false;
    if (isGiven !== false && !commandsWithIt.includes(command))
      throw new CommandError(`${command} takes no --${option}: it goes with ${commandsWithIt.join(', ')}.`);
  }
  for (const [one, other] of excluding) {
    if (values[one] !== undefined && values[other] !== undefined)
      throw new CommandError(`--${one} and --${other} exclude each other: give one of them.`);
  }
}

function optionsOf(values: Values, to: Io['out']): Options {
  const { wait, format = 'terraform', project, region, subnet } = values;
  if (format !== 'terraform' && format !== 'bicep')
    throw new CommandError('--format must be terraform or bicep.');
  return {
    ...{ wait, format, allowReplace: values['allow-replace'] },
    follow: {
      minutes: numberOf('--timeout', values.timeout),
      interval: values.interval === undefined ? null : numberOf('--interval', values.interval),
      to,
    },
    request: {
      ...(project !== undefined && { projectId: project }),
      ...(region !== undefined && { regionId: region }),
      ...(subnet !== undefined && { subnetId: subnet }),
    },
  };
}

function numberOf(name: string, given: string): number {
  const number = Number(given);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new CommandError(`${name} must be a number above 0.`);
}

/** `fetch` says only that it failed; the reason is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Set when the command line is bundled. */
declare const PACKAGE_VERSION: string | undefined;
const VERSION = typeof PACKAGE_VERSION === 'undefined' ? 'development' : PACKAGE_VERSION;
