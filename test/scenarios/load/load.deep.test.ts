import { connectMany } from '../../../bench/connectMany.ts';
import { buildApp } from '../../support/builtApp.ts';
import type { BuiltApp } from '../../support/builtApp.ts';

let app: BuiltApp;

beforeAll(() => {
  app = buildApp();
});
afterAll(() => {
  app.remove();
});

it('connects fifty at once in three processes, and meets no limit of Azure or Zilliz', async () => {
  const result = await connectMany(app.directory, { connections: 50, processes: 3, speed: 20 });

  expect(result.throttled).toEqual([]);
  expect(result.connected).toBe(50);
}, 240_000);
