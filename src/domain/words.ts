/** Sets of words that Zilliz may use for the status of a registered endpoint; it publishes none, so they are settings. */
export interface StatusWords {
  readonly ready: readonly string[];
  readonly failed: readonly string[];
}

/** [inf] Only `AVAILABLE` is documented (reference: list private endpoints); the rest is what such APIs say elsewhere. */
export const defaultStatusWords: StatusWords = {
  ready: ['AVAILABLE', 'ACCEPTED', 'APPROVED', 'ACTIVE', 'READY', 'CONNECTED'],
  failed: ['REJECT', 'FAIL', 'ERROR', 'DISCONNECT', 'DELET', 'EXPIRED'],
};

/** `working` covers every word that is not known: keep waiting, and name the word when the time is up. */
export function readStatusWord(word: string, words: StatusWords): 'ready' | 'failed' | 'working' {
  const plain = normalise(word);
  if (words.ready.some((ready) => plain === normalise(ready))) return 'ready';
  if (words.failed.some((failed) => plain.includes(normalise(failed)))) return 'failed';
  return 'working';
}

function normalise(word: string): string {
  return word.toUpperCase().replace(/[^A-Z]/g, '');
}
