/** The Zilliz API keys, by project. A key lives in Key Vault and in memory, nowhere else. */
export interface ApiKeys {
  /** `null` asks for the default key, whatever the project. */
  keyFor(projectId: string | null): Promise<string>;
  /** Reads the vault again at the next call: the key was refused, so it may have been rotated. */
  forget(projectId: string | null): void;
}
