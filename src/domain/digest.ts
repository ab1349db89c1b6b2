// A pure function of its input, so safe on replay: the one Node built-in that the domain may use.
// eslint-disable-next-line no-restricted-imports
import { createHash } from 'node:crypto';

/** SHA-256 of the UTF-8 text, as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** SHA-256 of the UTF-8 text in base64, as a content security policy names a style. */
export function sha256Base64(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}
