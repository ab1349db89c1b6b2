import { source as axeSource } from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Watched, World } from './world.ts';

/** What axe finds wrong with the page, in light and in dark. */
async function violations(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  const checks = [
    ['light', '{ resultTypes: ["violations"] }'],
    // Another scheme changes colours only.
    ['dark', '{ runOnly: ["color-contrast", "link-in-text-block"] }'],
  ] as const;
  for (const [colorScheme, options] of checks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(axeSource);
    const results = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
    found.push(
      ...results.violations.map(
        ({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(' | ')}`,
      ),
    );
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
  return found;
}

/** How many pixels the page is wider than a narrow phone, and which elements stick out. */
async function tooWide(page: Page): Promise<readonly string[]> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 375, height: 800 });
  const wide = await page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.tagName + ' ' + element.className)`);
  if (before) await page.setViewportSize(before);
  return wide;
}

/** What is wrong with a view: to see, to read and on a phone. */
export async function faultsOf({ page }: Watched): Promise<readonly string[]> {
  return [...(await violations(page)), ...(await tooWide(page))];
}

/** What the console has left outside of its tab, or sent to others; `secrets` are looked for in addresses and lines. */
export async function tracesOf(
  watched: Watched,
  { app }: World,
  secrets: readonly string[],
  origins: readonly string[] = [],
): Promise<readonly string[]> {
  const { page, context, requests, lines } = watched;
  const allowed = [app.host.baseUrl, ...origins];
  const local = await page.evaluate<string[]>('Object.keys(localStorage)');
  const databases = await page.evaluate<string[]>(
    'indexedDB.databases().then((all) => all.map(({ name }) => name))',
  );
  return [
    ...requests.filter((url) => !allowed.includes(new URL(url).origin)).map((url) => `asked ${url}`),
    ...[...requests, page.url()]
      .filter((url) => secrets.some((secret) => url.includes(secret)))
      .map((url) => `a secret in the address ${url}`),
    ...local.map((name) => `local storage: ${name}`),
    ...databases.map((name) => `database: ${name}`),
    ...(await context.cookies()).map(({ name }) => `cookie: ${name}`),
    ...lines.map((line) => `the browser says: ${line}`),
  ];
}
