import { z } from 'zod';
import { readHostJson } from '../../sandbox/host/worker/processWorker.ts';
import { readSettings, settingsSchema } from '../../src/config.ts';
import { one, snapshotNames } from './support/snapshot.ts';
import type { SnapshotName } from './support/snapshot.ts';

/** What the Functions host and its extensions read; the app does not. */
const settingsOfTheHost = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
];

function deployed(name: SnapshotName): Readonly<Record<string, string>> {
  return z
    .record(z.string(), z.string())
    .parse(one(name, 'Microsoft.Web/sites/config', 'appsettings').properties);
}

/** Puts what only Azure knows where the template has an expression for it. */
function inAzure(settings: Readonly<Record<string, string>>): Record<string, string> {
  const values: readonly (readonly [RegExp, string])[] = [
    [/vaultUri\)?\]$/, 'https://kv-zpl-x.vault.azure.net/'],
    [/clientId\)?\]$/, '00000000-0000-4000-8000-0000000000cc'],
    [/loginEndpoint\]$/, 'https://login.microsoftonline.com/'],
    [/resourceManager\]$/, 'https://management.azure.com/'],
  ];
  return Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [
      name,
      values.find(([expression]) => expression.test(text))?.[1] ?? text,
    ]),
  );
}

describe('the settings of a deployment', () => {
  it.each(snapshotNames)(
    'are those of the settings schema, each of them, and those of the host (%s)',
    (name) => {
      const ofTheApp = Object.keys(settingsSchema.shape);

      expect(Object.keys(deployed(name)).sort()).toEqual([...ofTheApp, ...settingsOfTheHost].sort());
    },
  );

  it.each(snapshotNames)('are accepted by the app (%s)', (name) => {
    expect(readSettings(inAzure(deployed(name)))).toMatchObject({ ok: true });
  });

  it.each(snapshotNames)(
    'hold no secret: no key, no connection string with one, no reference to one (%s)',
    (name) => {
      const suspicious =
        /AccountKey=|SharedAccess|InstrumentationKey=|listKeys|@Microsoft\.KeyVault|securestring/i;

      expect(Object.entries(deployed(name)).filter(([, value]) => suspicious.test(value))).toEqual([]);
    },
  );

  it('say whether the app is in the network', () => {
    expect(deployed('own-zone').VNET_INTEGRATION).toBe('true');
    expect(deployed('no-network').VNET_INTEGRATION).toBe('false');
  });

  it('say nothing that Flex Consumption refuses', () => {
    const refused =
      /^(FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_|SCM_DO_BUILD|ENABLE_ORYX)/;

    expect(Object.keys(deployed('own-zone')).filter((name) => refused.test(name))).toEqual([]);
  });

  it('name the storage as host.json does', async () => {
    const { extensions } = z
      .object({
        extensions: z.object({
          durableTask: z.object({ storageProvider: z.record(z.string(), z.string()) }),
        }),
      })
      .parse((await import('../../host.json', { with: { type: 'json' } })).default);
    const { connectionStringName, maxQueuePollingInterval } = extensions.durableTask.storageProvider;

    expect(connectionStringName).toBe('AzureWebJobsStorage');
    // What Microsoft asks for on Flex Consumption: ten seconds or less.
    expect(maxQueuePollingInterval).toMatch(/^00:00:(0\d|10)$/);
  });

  it('let a step whose process died be taken up again after one minute, as host.json says', async () => {
    const { extensions } = (await import('../../host.json', { with: { type: 'json' } })).default;

    expect(extensions.durableTask.storageProvider).toMatchObject({
      controlQueueVisibilityTimeout: '00:01:00',
      workItemQueueVisibilityTimeout: '00:01:00',
    });
    expect(readHostJson('.').activityVisibilityTimeoutMs).toBe(60_000);
  });

  it('let callers name no more than the roles reach', () => {
    expect(
      deployed('hub-and-spoke')
        .ALLOWED_SCOPES?.split(',')
        .map((scope) => scope.split('/').at(-1)),
    ).toEqual(['rg-endpoints', 'rg-hub-dns', 'vnet-applications', 'vnet-hub']);
    expect(deployed('portal').ALLOWED_PROJECTS).toBe('proj-0123456789abcdef');
  });
});
