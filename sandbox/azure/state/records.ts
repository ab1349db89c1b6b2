/** Takes an entry out of a part of the state. */
export function removeFrom(part: Record<string, unknown>, key: string): void {
  Reflect.deleteProperty(part, key);
}
