import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** The file that the Functions Core Tools read; comments in it are theirs to bear. */
const fileSchema = z.looseObject({
  IsEncrypted: z.boolean(),
  Values: z.record(z.string(), z.string()),
  Host: z.looseObject({ LocalHttpPort: z.number() }),
});

/** Settings of the sample that belong to a deployment and not to the sandbox. */
const NOT_HERE = new Set(['AZURE_CREDENTIAL']);

/** The sample's settings with the sandbox in the place of Azure and Zilliz Cloud. */
export function localSettings(
  sample: string,
  sandbox: { readonly environment: Readonly<Record<string, string>>; readonly apiPort: number },
): string {
  const file = fileSchema.parse(JSON.parse(sample));
  const kept = Object.entries(file.Values).filter(([name]) => !NOT_HERE.has(name));
  const address = { PUBLIC_BASE_URL: `http://localhost:${sandbox.apiPort}` };
  const settings = {
    ...file,
    Values: { ...Object.fromEntries(kept), ...sandbox.environment, ...address },
    Host: { ...file.Host, LocalHttpPort: sandbox.apiPort },
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** Writes the file unless one for real services exists; returns whether it was written. */
export function writeLocalSettings(path: string, text: string): boolean {
  if (existsSync(path) && !isOfSandbox(readFileSync(path, 'utf8'))) return false;
  writeFileSync(path, text);
  return true;
}

function isOfSandbox(text: string): boolean {
  try {
    const { ARM_ENDPOINT = '' } = fileSchema.parse(JSON.parse(text)).Values;
    return new URL(ARM_ENDPOINT).hostname === 'localhost';
  } catch {
    return false;
  }
}
