import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const MOST_FILES = 16;

test.each(['src', 'sandbox', 'test', 'bench', 'scripts'])(
  'no folder of %s has more files than one can look over',
  (top) => {
    const counts = new Map<string, number>();
    for (const path of globSync(`${top}/**/*.{ts,mjs,cjs}`, { cwd: root })) {
      if (path.includes('/fixtures/')) continue;
      counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    }

    const crowded = [...counts].filter(([, files]) => files > MOST_FILES);

    expect(counts.size).toBeGreaterThan(0);
    expect(crowded).toEqual([]);
  },
);
