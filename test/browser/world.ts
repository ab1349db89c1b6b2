import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { RunningApp } from '../../sandbox/local/runningApp.ts';
import { runApp } from '../../sandbox/local/runningApp.ts';
import { sample } from '../../sandbox/sampleWorld.ts';
import { buildApp } from '../support/builtApp.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser of this machine: `CHROMIUM`, or the first of the usual names. None is downloaded. */
function chromiumPath(): string {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM !== undefined) return CHROMIUM;
  const candidates = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    throw new Error('There is no Chromium here: apt-get install chromium, or set CHROMIUM.');
  return found;
}

/** What a page has asked for and said. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Addresses of all requests. */
  readonly requests: string[];
  /** Lines of the browser's console, and errors. */
  readonly lines: string[];
}

/** The compiled app with the sample world around it, sixty times as fast, and a browser. */
export interface World {
  readonly app: RunningApp;
  readonly key: string;
  readonly address: string;
  open(options?: BrowserContextOptions): Promise<Watched>;
  stop(): Promise<void>;
}

interface WorldOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly speed?: number;
  /** Where the state of the simulators lies. Default: a new one. */
  readonly directory?: string;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { settings = {}, speed = 60, directory = mkdtempSync(join(tmpdir(), 'browser-')) } = options;
  const built = buildApp();
  const app = await runApp({ directory, app: built.directory, speed, settings });
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    ...{ app, key: app.host.keys.function, address: `${app.host.baseUrl}/api/console` },
    async open(options = {}) {
      const context = await browser.newContext({
        ...{ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' },
        ...{ ignoreHTTPSErrors: true, permissions: ['clipboard-read', 'clipboard-write'] },
        ...options,
      });
      const page = await context.newPage();
      const watched: Watched = { page, context, requests: [], lines: [] };
      page.on('request', (request) => watched.requests.push(request.url()));
      page.on('console', (message) => watched.lines.push(message.text()));
      page.on('pageerror', (error) => watched.lines.push(String(error)));
      page.setDefaultTimeout(20_000);
      return watched;
    },
    async stop() {
      await browser.close();
      await app.stop();
      built.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Fills the form to connect with what the sample world has. */
export async function fillForm(
  page: Page,
  {
    subnet = 'snet-private-endpoints',
    manage = true,
    regionId = sample.regionId,
  }: { subnet?: string; manage?: boolean; regionId?: string } = {},
): Promise<void> {
  await page.getByLabel('Project ID').fill(sample.projectId);
  await page.locator('select#regionId').selectOption(regionId);
  const subnetId = sample.subnetId.replace(/[^/]+$/, subnet);
  await page.getByLabel('Subnet for the private endpoint').selectOption(subnetId);
  if (manage) await page.getByLabel('stop before public names').uncheck();
  else await page.getByLabel('another team owns DNS').check();
}

export async function signInByKey({ page }: Watched, { address, key }: World): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Function key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor();
}
