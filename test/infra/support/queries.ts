import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Query {
  readonly name: string;
  readonly text: string;
}

const folders = ['infra/monitoring/alerts', 'infra/monitoring/workbook'];
const page = 'docs/reference/telemetry.md';

/** Every query that the project hands out: alerts, workbook, and those in docs/reference/telemetry.md. */
export function allQueries(): readonly Query[] {
  const files = folders.flatMap((folder) =>
    readdirSync(folder).map((file) => ({
      name: `${folder}/${file}`,
      text: readFileSync(join(folder, file), 'utf8'),
    })),
  );
  const documented = existsSync(page)
    ? [...readFileSync(page, 'utf8').matchAll(/^```kusto\n(.*?)^```/gms)].map(([, text = ''], index) => ({
        name: `${page}, query ${String(index + 1)}`,
        text,
      }))
    : [];
  return [...files, ...documented];
}

/** The app's own events that a query selects, and the fields that it reads of them. */
export function telemetryOf({ text }: Query): {
  readonly events: readonly string[];
  readonly fields: readonly string[];
} {
  const events = [...text.matchAll(/(?:entry\.event\)|\bevent) (?:==|in) \(?('[^)\n]*')/g)].flatMap(
    ([, list = '']) => [...list.matchAll(/'([a-z-]+)'/g)].map(([, event = '']) => event),
  );
  const fields = [...text.matchAll(/\bentry\.(\w+)/g)].map(([, field = '']) => field);
  return { events: [...new Set(events)], fields: [...new Set(fields)] };
}
