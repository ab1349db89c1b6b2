/** An ID in its parts. What callers hand in has been validated at the API's border: a bad one is a fault of ours. */
export function named<T>(id: string, parse: (text: string) => T | null): T {
  const parts = parse(id);
  if (parts === null) throw new Error(`not a resource ID of the expected type: ${id}`);
  return parts;
}
