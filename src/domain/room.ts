/**
 * The room that is left in a text of bounded length. What matters most takes its part first; what finds no room is left out,
 * and counted by whoever leaves it out.
 */
export class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Takes the room that a value needs as JSON, its comma included; answers whether there was as much. */
  take(value: unknown): boolean {
    const bytes = mostBytes(JSON.stringify(value)) + 1;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** The beginning of a text, so that as JSON it has no more than so many bytes. */
export function cut(text: string, bytes: number): string {
  // Short and plain, as nearly all are: nothing to count.
  let end = Math.min(text.length, bytes);
  while (mostBytes(JSON.stringify(text.slice(0, end))) - 2 > bytes) end -= 1;
  return text.slice(0, end);
}

/**
 * In UTF-8, where a character beyond ASCII takes three bytes for each of its units, or less. The host counts two for each unit,
 * which is never more than twice of this.
 */
function mostBytes(text: string): number {
  return text.length + 2 * text.replaceAll(/[ -~]/g, '').length;
}
