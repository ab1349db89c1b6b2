/** Seconds to wait before the next look, given the seconds that have passed since the wait began. */
export type Schedule = (elapsedSeconds: number) => number;

/** For what takes seconds to a minute: services listed, zones, links. */
export const soon: Schedule = (elapsed) => (elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60);

/** For a private endpoint: half a minute to three minutes. */
export const endpointReady: Schedule = (elapsed) => (elapsed < 30 ? 15 : elapsed < 180 ? 10 : 30);

/**
 * For Zilliz's "about five minutes": nothing is expected in the first two, most of it between three and nine. Past that a
 * look costs more than it brings, so the pause grows with the wait, up to ten minutes.
 */
export const allocation: Schedule = (elapsed) => {
  if (elapsed < 120) return 60;
  if (elapsed < 600) return 15;
  return Math.min(600, elapsed / 20);
};

/** For a virtual network link: ten seconds to a minute, longer for a large network. */
export const linkCompleted: Schedule = (elapsed) => (elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60);

/** For DNS to spread and the proof to hold: ten minutes at most. */
export const proof: Schedule = (elapsed) => (elapsed < 60 ? 10 : 30);

/** For what Azure takes away: links and zones in half a minute, a private endpoint in one or two; a quarter of an hour at most. */
export const removal: Schedule = (elapsed) => (elapsed < 30 ? 5 : elapsed < 120 ? 15 : 60);
