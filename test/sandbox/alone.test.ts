import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startAlone } from '../../sandbox/local/aloneSandbox.ts';
import type { AloneSandbox } from '../../sandbox/local/aloneSandbox.ts';
import { connectSample } from '../../sandbox/local/connectSample.ts';
import { startHost } from '../../sandbox/host/host.ts';
import { processWorker } from '../../sandbox/host/worker/processWorker.ts';
import { acceleratedClock } from '../../sandbox/kernel/clock.ts';
import { localSettings, writeLocalSettings } from '../../sandbox/local/localSettings.ts';
import { portsFrom } from '../../sandbox/local/ports.ts';
import { readSettings } from '../../src/config.ts';
import { buildApp } from '../support/builtApp.ts';
import { freePorts } from '../support/freePorts.ts';

const settingsSchema = z.object({
  IsEncrypted: z.literal(false),
  Values: z.record(z.string(), z.string()),
  Host: z.object({ LocalHttpPort: z.number() }),
});
const sampleFile = readFileSync(join(import.meta.dirname, '../../local.settings.sample.json'), 'utf8');

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'alone-'));
});
afterEach(() => {
  rmSync(project, { recursive: true });
});

const settingsPath = () => join(project, 'local.settings.json');
const settings = () => settingsSchema.parse(JSON.parse(readFileSync(settingsPath(), 'utf8')));

describe('the sandbox alone', () => {
  let alone: AloneSandbox;
  const start = async (first: number): Promise<AloneSandbox> =>
    startAlone({ speed: 60, ports: portsFrom(first), directory: join(project, 'state'), project });
  afterEach(() => alone.stop());

  it('writes settings with which the compiled app connects, and nothing but them', async () => {
    alone = await start(await freePorts());
    const built = buildApp();
    const host = await startHost({
      clock: acceleratedClock({ speed: 60 }),
      worker: processWorker({ appDirectory: built.directory, env: settings().Values }),
    });
    const view = await connectSample(host);
    await host.stop();
    built.remove();

    expect(view).toMatchObject({ status: 'connected', problem: null });
    expect(view.result?.clusters.map(({ verification }) => verification?.outcome)).toEqual([
      'verified',
      'verified',
    ]);
  }, 120_000);

  it('has the same addresses and settings at the next start', async () => {
    const first = await freePorts();
    alone = await start(first);
    const before = settings();
    await alone.stop();
    alone = await start(first);

    expect(settings()).toEqual(before);
    expect(before.Host.LocalHttpPort).toBe(first);
    expect(existsSync(before.Values.NODE_EXTRA_CA_CERTS ?? '')).toBe(true);
  });
});

describe('local.settings.json', () => {
  const environment = { ARM_ENDPOINT: 'https://localhost:7073', KEY_VAULT_URL: 'https://localhost:7075' };
  const ofSandbox = localSettings(sampleFile, { environment, apiPort: 7071 });

  it('is what the app accepts, without the credentials of a developer', () => {
    const { Values } = settingsSchema.parse(JSON.parse(ofSandbox));

    expect(readSettings(Values)).toMatchObject({
      ok: true,
      settings: { ...environment, AZURE_CREDENTIAL: 'managed-identity' },
    });
    expect(Values).toMatchObject({
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    });
  });

  it('replaces an older one of the sandbox', () => {
    writeFileSync(settingsPath(), ofSandbox.replace('7073', '8073'));

    expect(writeLocalSettings(settingsPath(), ofSandbox)).toBe(true);
    expect(readFileSync(settingsPath(), 'utf8')).toBe(ofSandbox);
  });

  it.each([
    ['for real services', sampleFile],
    ['that is no JSON', '// mine'],
    ['for an Azure elsewhere', ofSandbox.replace('localhost:7073', 'management.example.net')],
  ])('that belongs to the user, %s, is left alone', (_, own) => {
    writeFileSync(settingsPath(), own);

    expect(writeLocalSettings(settingsPath(), ofSandbox)).toBe(false);
    expect(readFileSync(settingsPath(), 'utf8')).toBe(own);
  });
});
