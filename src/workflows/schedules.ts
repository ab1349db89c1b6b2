import type { Layout } from '../domain/resources/cluster.ts';

/** Returns the seconds to wait before the next read, given the seconds since the wait began. */
export type Schedule = (elapsedSeconds: number) => number;

/**
 * A read that is made too early costs three executions, one that is made too late costs time. With the chance that the wait ends
 * within the next second, both are balanced at a pause in proportion to the inverse of its root: shorter the more probable the
 * end. `npm run bench -- --only schedules` shows the curve; later pauses are for waits that take longer than is usual.
 */

/** For Zilliz to list its service and Azure to show it, after the subscription was authorized: 15 to 40 seconds. */
export const serviceShown: Schedule = (elapsed) => {
  if (elapsed < 15) return 18;
  return elapsed < 60 ? 2 : elapsed < 300 ? 15 : 60;
};

/** For operations of seconds to a minute: zones. */
export const soon: Schedule = (elapsed) => (elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60);

/** For a private endpoint: half a minute to three minutes. */
export const endpointReady: Schedule = (elapsed) => {
  if (elapsed < 30) return 36;
  if (elapsed < 180) return Math.max(4, 10 - (elapsed - 30) / 25);
  return elapsed < 600 ? 15 : 60;
};

/**
 * For Zilliz's "about five minutes": few are ready in the first two, most between three and nine. After that a read costs more
 * than it brings, so the pause grows with the wait, up to ten minutes.
 */
export const allocation: Schedule = (elapsed) => {
  if (elapsed < 160) return elapsed < 100 ? 110 : 20;
  if (elapsed < 260) return elapsed < 200 ? 15 : 11;
  if (elapsed < 600) return 7;
  return elapsed < 1200 ? 30 : Math.min(600, elapsed / 20);
};

/** With a zone for each cluster no wait for a link follows, so its reads are spent on the waits before: twice as many there. */
export function scheduleOf(layout: Layout, schedule: Schedule): Schedule {
  if (layout === 'regional') return schedule;
  return (elapsed) => schedule(elapsed) / (elapsed < 30 || elapsed >= 600 ? 1 : 2);
}

/** For a virtual network link: ten seconds to a minute, longer for a large network. Reads of private DNS are limited. */
export const linkCompleted: Schedule = (elapsed) => {
  if (elapsed < 10) return 20;
  return elapsed < 60 ? 9 : elapsed < 300 ? 15 : 60;
};

/** For DNS to spread and the verification to pass: ten minutes at most. */
export const verification: Schedule = (elapsed) => (elapsed < 60 ? 10 : 30);

/** For removals in Azure: links and zones in half a minute, a private endpoint in one or two; a quarter of an hour at most. */
export const removal: Schedule = (elapsed) => (elapsed < 30 ? 5 : elapsed < 120 ? 15 : 60);
