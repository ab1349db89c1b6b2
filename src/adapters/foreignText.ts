// The rules for texts that come from outside: what is removed before they are searched, and before they are shown.

const LONGEST_SEARCHED = 4000;

/** Bounds a text before it is searched: some patterns take more than linear time. */
export function searchable(text: string): string {
  return text.slice(0, LONGEST_SEARCHED);
}

/**
 * Returns one line for people. Polling URLs of Azure have a signature in the query, so no query may be in a stored text; control
 * characters would forge lines of a log.
 */
export function presentable(text: string, longest: number): string {
  return searchable(text)
    .replace(/(https?:\/\/[^\s?'"]+)\?[^\s'"]*/g, '$1')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, longest);
}

/** Removes the values of a request from a refusal, so that a name chosen by a user never decides what the refusal means. */
export function withoutValues(text: string, values: Iterable<string>): string {
  const alternatives = [...new Set(values)]
    .filter((value) => value !== '')
    .toSorted((a, b) => b.length - a.length)
    .map(escaped);
  if (alternatives.length === 0) return searchable(text);
  const whole = new RegExp(`(?<![\\w-])(?:${alternatives.join('|')})(?![\\w-])`, 'giu');
  return searchable(text).replace(whole, '*');
}

/** The length from which a part of a key is removed. */
const SHORTEST_PART = 8;

/**
 * Returns a function that removes a key from a text: whole or cut off after 8 or more characters, in any case, plain or in base64
 * at any of its three alignments.
 */
export function withoutKey(key: string): (text: string) => string {
  const forms = [key, ...base64Forms(key)].map(
    (form) => escaped(form.slice(0, SHORTEST_PART)) + optional(form.slice(SHORTEST_PART)),
  );
  const anywhere = new RegExp(forms.join('|'), 'gi');
  return (text) => text.replace(anywhere, '[API key]');
}

/** The base64 of the key behind zero, one and two other bytes, without the characters that depend on its neighbours. */
function base64Forms(key: string): readonly string[] {
  const forms = [0, 1, 2].map((bytesBefore) =>
    Buffer.from(' '.repeat(bytesBefore) + key)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(bytesBefore === 0 ? 0 : bytesBefore + 1, -1),
  );
  const urlSafe = forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...forms, ...urlSafe].filter((form) => form.length >= SHORTEST_PART);
}

/** As much of the text as follows: `(?:a(?:b(?:c)?)?)?`. */
function optional(text: string): string {
  return Array.from(text).reduceRight((rest, character) => `(?:${escaped(character)}${rest})?`, '');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
