/** The longest wait before a retry: a wrong clock must not stop a process for a day. */
const LONGEST_SECONDS = 900;

/**
 * Returns the seconds that a response requires to wait, 900 at most: `Retry-After` in seconds or as a date, or Azure's
 * headers in milliseconds. Undefined when it has none of them.
 */
export function retryAfterSeconds(
  header: (name: string) => string | null | undefined,
  now: number,
): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const milliseconds = Number(header(name) ?? Number.NaN);
    if (Number.isFinite(milliseconds) && milliseconds >= 0) return bounded(milliseconds / 1000);
  }
  const text = header('retry-after');
  if (text === null || text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? bounded(seconds) : undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : bounded((date - now) / 1000);
}

function bounded(seconds: number): number {
  return Math.min(LONGEST_SECONDS, Math.max(0, Math.ceil(seconds)));
}

/** The name of the product in requests to Azure and Zilliz, so that their support can find its calls. */
export const USER_AGENT = 'private-link-for-zilliz-cloud';
