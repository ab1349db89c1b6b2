/** Whether an IPv4 prefix holds another whole one. False for anything that is no IPv4 prefix or address. */
export function holdsPrefix(outer: string, inner: string): boolean {
  const wide = parsePrefix(outer);
  const narrow = parsePrefix(inner);
  if (!wide || !narrow || wide.length > narrow.length) return false;
  const size = 2 ** (32 - wide.length);
  return Math.floor(wide.start / size) === Math.floor(narrow.start / size);
}

function parsePrefix(text: string): { readonly start: number; readonly length: number } | null {
  const [address = '', lengthText = '32', ...rest] = text.split('/');
  const octets = address.split('.').map((octet) => (/^\d{1,3}$/.test(octet) ? Number(octet) : Number.NaN));
  const length = /^\d{1,2}$/.test(lengthText) ? Number(lengthText) : Number.NaN;
  const good = octets.length === 4 && octets.every((octet) => octet <= 255) && length <= 32;
  if (!good || rest.length > 0) return null;
  return { start: octets.reduce((number, octet) => number * 256 + octet, 0), length };
}
