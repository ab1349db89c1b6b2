/** Since when something fails and until when it is tried again. Milliseconds since the epoch. */
export function retrySpan(since: number, until: number): string {
  return `since ${clock(since)}, tried until ${clock(until)} UTC`;
}

/** With the date, since a wait can be longer than a day. */
function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
