/** A key with everything in it that an encoding would change, short of what a header may not hold. */
export const API_KEY = 'zc-Kq7+Zt/9w=aB&c%2Fd<e>0f4d9a17c3b85e60';

/** The ways in which a secret may be written down: as it is, encoded, or cut. */
function formsOf(secret: string): readonly string[] {
  const half = secret.slice(0, Math.ceil(secret.length / 2));
  return [
    half,
    secret.slice(half.length),
    encodeURIComponent(half),
    half.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    Buffer.from(half).toString('hex'),
    ...[0, 1, 2].map((offset) => insideBase64(half, offset)),
    ...[0, 1, 2].map((offset) => insideBase64(half, offset).replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** What base64 of any text holds in which the secret begins at such an offset; the ends depend on their neighbours. */
function insideBase64(secret: string, offset: number): string {
  const padded = Buffer.from('x'.repeat(offset) + secret);
  const whole = padded.subarray(0, padded.length - (padded.length % 3));
  return whole.toString('base64').slice(offset === 0 ? 0 : 4);
}

/** The forms of a secret that occur in a text. */
export function leaksIn(text: string, secret: string): readonly string[] {
  return formsOf(secret).filter((form) => text.includes(form));
}
