import * as z from 'zod';

const lockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      // Very old packages have a list.
      engines: z.union([z.record(z.string(), z.string()), z.array(z.string())]).optional(),
    }),
  ),
});

export type Lock = z.output<typeof lockSchema>;

export function readLock(text: string): Lock {
  return lockSchema.parse(JSON.parse(text));
}

const AZURE_SDK = /^@(azure|azure-rest|typespec)\//;

/** Of the same scopes, with a calendar of their own: their newest releases of that major version still admit an older Node. */
export const withOwnCalendar: readonly string[] = [
  '@azure/core-lro@2',
  '@azure/functions@4',
  '@azure/functions-extensions-base@0',
  '@azure/msal-browser@5',
  '@azure/msal-common@16',
  '@azure/msal-node@7',
];

/**
 * The packages in a lock file that npm chose under an older Node than `engines` asks for, by their paths. npm prefers releases
 * whose `engines` admit the Node that it runs under, and takes an older one without a word. That newer ones exist only the registry
 * knows, but the packages of the Azure SDK give up a Node together: beside ones that ask for the Node of `engines`, one that does
 * not is the last release for an older Node.
 */
export function heldBack(lock: Lock): readonly string[] {
  const wanted = lowestNode(lock.packages['']);
  return Object.entries(lock.packages)
    .filter(([path, found]) => AZURE_SDK.test(nameAt(path)) && found.dev !== true)
    .filter(([path, found]) => lowestNode(found) < wanted && !withOwnCalendar.includes(lineAt(path, found)))
    .map(([path]) => path);
}

/** `@azure/core-lro@2`: the name with the major version. */
export function lineAt(path: string, { version = '' }: Lock['packages'][string]): string {
  return `${nameAt(path)}@${version.split('.')[0] ?? ''}`;
}

function nameAt(path: string): string {
  return path.split('node_modules/').at(-1) ?? '';
}

/** The major version that `engines.node` begins with; 0 where it names none in the one form that the Azure SDK uses. */
function lowestNode(found: Lock['packages'][string] | undefined): number {
  const { engines = {} } = found ?? {};
  return Array.isArray(engines) ? 0 : Number(/^>=\s*(\d+)/.exec(engines.node ?? '')?.[1] ?? 0);
}
