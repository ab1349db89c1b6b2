/** Returns the seconds to wait before the next read, given the seconds since the wait began. */
export type Schedule = (elapsedSeconds: number) => number;

/** For Zilliz to list its service and Azure to show it, after the subscription was authorized. */
export const serviceShown: Schedule = (elapsed) => {
  if (elapsed < 15) return 15;
  return elapsed < 60 ? 8 : elapsed < 300 ? 15 : 60;
};

/** For operations of seconds to a minute: zones. */
export const soon: Schedule = (elapsed) => (elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60);

/** For a private endpoint: half a minute to three minutes, more probable with each second. */
export const endpointReady: Schedule = (elapsed) => {
  if (elapsed < 30) return 30;
  if (elapsed < 90) return 15;
  return elapsed < 240 ? 10 : elapsed < 600 ? 15 : 60;
};

/**
 * For Zilliz's "about five minutes": few are ready in the first two, most between three and nine. After that a read costs more
 * than it brings, so the pause grows with the wait, up to ten minutes. `npm run bench` shows the cost of other schedules.
 */
export const allocation: Schedule = (elapsed) => {
  if (elapsed < 60) return 60;
  if (elapsed < 180) return 30;
  if (elapsed < 240) return 20;
  if (elapsed < 600) return 14;
  return elapsed < 1200 ? 30 : Math.min(600, elapsed / 20);
};

/** For a virtual network link: ten seconds to a minute, longer for a large network. A read costs three executions, and reads are limited. */
export const linkCompleted: Schedule = (elapsed) => (elapsed < 300 ? 15 : 60);

/** For DNS to spread and the verification to pass: ten minutes at most. */
export const verification: Schedule = (elapsed) => (elapsed < 60 ? 10 : 30);

/** For removals in Azure: links and zones in half a minute, a private endpoint in one or two; a quarter of an hour at most. */
export const removal: Schedule = (elapsed) => (elapsed < 30 ? 5 : elapsed < 120 ? 15 : 60);
