// What the hooks of azd share: the Azure CLI, its failures in plain words, deployments beside azd's own, and waiting.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Tests count tries instead of time. */
const TRIES = Number(process.env.ZPL_HOOK_TRIES) || Infinity;
const windows = process.platform === 'win32';

/** Runs the Azure CLI and parses what it prints. On Windows `az` is a command file, which only a shell can start. */
export function az(args, { limitSeconds = 120 } = {}) {
  const { status, stdout, stderr, error } = spawnSync(
    'az',
    [...args, '--only-show-errors', '--output', 'json'],
    { encoding: 'utf8', shell: windows, timeout: limitSeconds * 1000, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (!error && status === 0) {
    try {
      return { ok: true, value: stdout.trim() === '' ? null : JSON.parse(stdout) };
    } catch {
      return { ok: false, text: 'The Azure CLI printed something else than JSON.', lasting: false };
    }
  }
  const reasons = {
    ENOENT: 'The Azure CLI (az) is not on the PATH.',
    ETIMEDOUT: `The Azure CLI gave no answer within ${limitSeconds} seconds.`,
  };
  const text = (reasons[error?.code] ?? error?.message ?? stderr).trim();
  const lasting =
    error?.code === 'ENOENT' ||
    /az login|is not recognized as|\b(RequestDisallowedByPolicy|InvalidTemplate)\b/i.test(text);
  return { ok: false, text, lasting };
}

/** Tries again until it succeeds, until trying again is of no use, or until the limit. Shows each new reason once. */
export async function persist(attempt, { limitSeconds, everySeconds }) {
  const end = Date.now() + limitSeconds * 1000;
  let shown = '';
  for (let tries = 1; ; tries++) {
    const result = await attempt();
    if (result.ok || result.lasting || tries >= TRIES || Date.now() >= end) return result;
    if (result.text !== shown) {
      const limit = `${limitSeconds / 60} minutes in all`;
      console.log(`${result.text}\nTrying again every ${everySeconds} seconds, for ${limit}.`);
      shown = result.text;
    }
    await pause(TRIES === Infinity ? everySeconds * 1000 : 1);
  }
}

/**
 * Deploys a compiled template, without azd's tags and under a name without the environment's: `azd down` looks for deployments by both,
 * and would delete what they made.
 */
export function deploy({ template, scope, target, purpose, parameters }) {
  const folder = mkdtempSync(join(tmpdir(), 'zilliz-private-link-'));
  try {
    const file = join(folder, 'parameters.json');
    writeFileSync(file, JSON.stringify(parameterFile(parameters)), { mode: 0o600 });
    return az(
      [
        ...['deployment', ...scope, 'create', '--name', deploymentName(purpose), ...target],
        ...['--template-file', fileURLToPath(new URL(`../compiled/${template}.json`, import.meta.url))],
        ...['--parameters', `@${file}`],
      ],
      { limitSeconds: 1800 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function parameterFile(parameters) {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
  };
}

/** The same for the same purpose, and never with the name of the azd environment in it. */
export function deploymentName(purpose, environment = process.env.AZURE_ENV_NAME ?? '') {
  const [kind, ...rest] = purpose;
  const digest = createHash('sha256').update(rest.join('/').toLowerCase()).digest('hex').slice(0, 12);
  const name = `zilliz-${kind}-${digest}`;
  const contained = environment.toLowerCase();
  if (contained === '' || !name.includes(contained)) return name;
  return name.replaceAll(contained[0], contained[0] === 'x' ? 'y' : 'x');
}

/** Values of the azd environment; the hooks that follow and main.parameters.json read them. */
export function setInEnvironment(values) {
  const { AZURE_ENV_NAME: environment } = process.env;
  const { status, error } = spawnSync(
    'azd',
    [
      ...['env', 'set', ...Object.entries(values).map(([name, value]) => `${name}=${value}`)],
      ...(environment ? ['--environment', environment] : []),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return !error && status === 0;
}

/** The named values, or an end with the names of those that are missing. */
export function required(names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0)
    stop(`Missing in the azd environment: ${missing.join(', ')}. Run \`azd provision\` first.`);
  return process.env;
}

export function stop(text) {
  console.error(text);
  process.exit(1);
}
