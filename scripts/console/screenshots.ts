// Pictures of the console for the docs, from the compiled app with the sample world around it: `npm run screenshots`. Each is looked at
// before it is committed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sample } from '../../sandbox/sampleWorld.ts';
import { openWorld, signInByKey } from '../../test/browser/world.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run screenshots [-- FOLDER]

Takes the pictures of the console for the docs (default docs/images). Needs Chromium.
`);

const [folder = 'docs/images'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const MANY = 30;
const HEIGHT = 800;
const policy = {
  error: { code: 'RequestDisallowedByPolicy', message: 'Resource was disallowed by policy.' },
};

const world = await openWorld();
const { sandbox } = world.app;
const watched = await world.open({ viewport: { width: 1120, height: HEIGHT }, reducedMotion: 'reduce' });
const { page } = watched;

async function take(name: string, of: Page = page, fullPage = false): Promise<void> {
  await of.waitForTimeout(300);
  await of.screenshot({ path: join(folder, `${name}.png`), fullPage });
}

async function inDark(name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(name);
  await page.emulateMedia({ colorScheme: 'light' });
}

async function onPhone(name: string): Promise<void> {
  await page.setViewportSize({ width: 375, height: HEIGHT });
  await take(name);
  await page.setViewportSize({ width: 1120, height: HEIGHT });
}

async function plan(regionId: string, subnet: string): Promise<void> {
  await page.goto(`${world.address}#/connect`);
  await page.reload();
  await page.getByLabel('Project ID').fill(sample.projectId);
  await page.locator('select#regionId').selectOption(regionId);
  await page
    .getByLabel('Subnet for the private endpoint')
    .selectOption(sample.subnetId.replace(/[^/]+$/, subnet));
  await page.getByLabel('only these').waitFor();
  await page.evaluate('document.activeElement.blur()');
}

async function showPlan(): Promise<void> {
  await page.getByLabel('stop before public names').uncheck();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('heading', { name: 'The plan' }).waitFor();
}

const connect = () => page.getByRole('button', { name: 'Connect', exact: true }).click();
const connected = () => page.getByText('Connected:').waitFor({ timeout: 120_000 });

try {
  await page.goto(world.address);
  await page.getByLabel('Function key').waitFor();
  await take('sign-in');
  await signInByKey(watched, world);
  await page.getByText('No connection yet').waitFor();
  await take('empty');

  await plan(sample.regionId, 'snet-private-endpoints');
  await take('connect');
  await showPlan();
  await take('plan');
  await connect();
  await page.getByText('Wait until Zilliz allocates').first().waitFor();
  await page.waitForTimeout(2500);
  await take('running');
  await connected();
  await take('connection');
  await inDark('connection-dark');
  await onPhone('connection-phone');

  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('dialog').waitFor();
  await take('disconnect');
  await page.keyboard.press('Escape');

  const record = Object.values(sandbox.azure.control.snapshot().dns.recordSets).find(({ id }) =>
    id.includes(sample.clusterIds[0]),
  );
  const [zoneId = '', name = ''] = record?.id.split('/A/') ?? [];
  sandbox.azure.control.setRecord({
    zoneId,
    name,
    addresses: ['10.9.9.9'],
    metadata: record?.metadata ?? {},
  });
  await page.getByRole('button', { name: /^Check (for drift|and repair)$/ }).click();
  await page.getByRole('dialog').waitFor();
  await take('drift');
  await page.getByRole('button', { name: 'Repair' }).click();
  await page.getByText('Connecting:').waitFor();
  await connected();

  for (let index = 3; index <= MANY; index++) {
    const { projectId, regionId } = sample;
    sandbox.zilliz.control.addCluster({
      projectId,
      regionId,
      name: `tenant-${String(index).padStart(2, '0')}`,
    });
  }
  await page.getByText('30 clusters').first().waitFor({ timeout: 60_000 });
  await page.setViewportSize({ width: 1120, height: 1000 });
  await page.getByRole('heading', { name: 'Clusters' }).scrollIntoViewIfNeeded();
  await page.evaluate("document.querySelector('[aria-label=Clusters]').scrollIntoView()");
  await take('clusters');
  await page.setViewportSize({ width: 1120, height: HEIGHT });

  sandbox.faults.order({
    call: 'privateEndpoints.put',
    fault: { kind: 'status', status: 403, body: policy },
    times: 'always',
  });
  const others = ['az-eastus2', 'az-centralus'] as const;
  for (const regionId of others)
    sandbox.zilliz.control.addCluster({ projectId: sample.projectId, regionId, name: 'orders' });
  await plan('az-eastus2', 'snet-private-endpoints');
  await showPlan();
  await connect();
  await page.locator('.sentence.red').waitFor({ timeout: 60_000 });
  await take('failed');
  await inDark('failed-dark');
  sandbox.faults.clear();
  await plan('az-centralus', 'snet-apps');
  await showPlan();
  await connect();
  await page.getByText('Connecting:').waitFor();
  await page.goto(`${world.address}#/`);
  await page.locator('tbody tr').nth(2).waitFor();
  await take('list');
  await inDark('list-dark');
  await onPhone('list-phone');
} finally {
  await world.stop();
}
