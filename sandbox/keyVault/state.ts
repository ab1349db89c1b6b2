import { z } from 'zod';

/** Sandbox time in milliseconds since the epoch. */
const instant = z.number();

const versionSchema = z.strictObject({
  /** 32 hex digits. */
  version: z.string(),
  value: z.string(),
  enabled: z.boolean(),
  notBefore: instant.nullable(),
  expires: instant.nullable(),
  contentType: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  createdAt: instant,
  updatedAt: instant,
});

const secretSchema = z.strictObject({
  name: z.string(),
  /** Oldest first; the last one is current. */
  versions: z.array(versionSchema).min(1),
  /** When it was soft-deleted; null while it is there. */
  deletedAt: instant.nullable(),
});

/** Why the vault refuses every caller, before it reads the secret. */
const denialSchema = z.enum(['rbac', 'policy', 'firewall', 'connection']);

/** Everything the simulated vault knows: plain data, so that it can lie in a file. */
export const keyVaultStateSchema = z.strictObject({
  secrets: z.array(secretSchema),
  denial: denialSchema.nullable(),
  /** Calls in ten seconds; 4000 at the real one. */
  callsPerTenSeconds: z.number().int().positive(),
  /** Counts the versions made, so that their IDs differ. */
  versionsMade: z.number().int().nonnegative(),
});

export type KeyVaultState = z.infer<typeof keyVaultStateSchema>;
export type SecretState = z.infer<typeof secretSchema>;
export type SecretVersion = z.infer<typeof versionSchema>;
export type Denial = z.infer<typeof denialSchema>;

export function emptyKeyVaultState(): KeyVaultState {
  return { secrets: [], denial: null, callsPerTenSeconds: 4000, versionsMade: 0 };
}
