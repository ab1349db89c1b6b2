import type { Controlled } from './action.ts';

const HIDDEN = '***';

/**
 * Takes keys, tokens and the values of secrets out of what is shown: they are made up here, but a search for a leak
 * must not find them where they were only read back.
 */
export function redacted({ zilliz, keyVault, identity }: Controlled, value: unknown): unknown {
  const secrets = [
    ...zilliz.control.snapshot().keys.map(({ key }) => key),
    ...keyVault.control
      .snapshot()
      .secrets.flatMap(({ versions }) => versions.map((version) => version.value)),
    identity.environment.IDENTITY_HEADER,
  ].filter((secret) => secret !== '');
  return hidden(value, secrets);
}

function hidden(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return hiddenText(value, secrets);
  if (Array.isArray(value)) return value.map((item: unknown) => hidden(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
    name,
    name === 'authorization' || name === 'access_token' || name === 'password'
      ? HIDDEN
      : hidden(item, secrets),
  ]);
  return Object.fromEntries(entries);
}

function hiddenText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}
