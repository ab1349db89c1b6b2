import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { Traffic } from '../kernel/traffic.ts';

export interface WriteLog {
  readonly traffic: Traffic;
  /** How many writes have reached Azure and Zilliz, also before an interruption. */
  count(): number;
}

/** Keeps a line for each write in a file, so that a demo that was killed still knows what it wrote. */
export function writeLog(path: string, { continued }: { readonly continued: boolean }): WriteLog {
  if (!continued) rmSync(path, { force: true });
  return {
    traffic: new Traffic(({ at, service, operation, write, request, response }) => {
      if (!write || service === 'eventGrid') return;
      const line = { at, operation, method: request.method, url: request.url, status: response.status };
      appendFileSync(path, `${JSON.stringify(line)}\n`);
    }),
    count: () => (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').length : 0),
  };
}
