import type { FailureCode } from '../../domain/failure/catalog.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';

/** The Zilliz API keys, by project. A key is stored in Key Vault and in memory, nowhere else. */
export interface ApiKeys {
  /** `null` returns the default key. */
  keyFor(projectId: string | null): Promise<string>;
  /** Drops the cached key, so that the next call reads the vault: the key was refused and may have been rotated. */
  forget(projectId: string | null): void;
  /** The secret that the key of a project comes from, and the command that stores another key in it. */
  toReplace(projectId: string | null): string;
}

/** The properties of a Key Vault secret that are used here. */
export interface Secret {
  readonly value?: string | undefined;
  readonly properties: { readonly enabled?: boolean | undefined };
}

export interface ApiKeySettings {
  /** Name of the secret with the default key; `<name>-<projectId>` has priority over it. */
  readonly secretName: string;
  /** `https://<vault>.vault.azure.net`, for the command that stores a key. */
  readonly vaultUrl: string;
  readonly cacheMs: number;
  readonly now: () => number;
}

type ReadSecret = (name: string) => Promise<Secret>;

interface Cached {
  readonly key: Promise<string>;
  readonly readAt: number;
}

/** Codes after which the default secret is read: the project's own is missing, or this identity may not read it. */
const USE_DEFAULT: readonly FailureCode[] = ['api-key-missing', 'key-vault-denied'];

/** Zilliz API keys from Key Vault, cached in memory for minutes. Concurrent callers share one read. */
export class KeyVaultApiKeys implements ApiKeys {
  readonly #read: ReadSecret;
  readonly #settings: ApiKeySettings;
  readonly #cache = new Map<string, Cached>();
  /** The name of the secret in use, by project. */
  readonly #inUse = new Map<string, string>();

  constructor(read: ReadSecret, settings: ApiKeySettings) {
    this.#read = read;
    this.#settings = settings;
  }

  keyFor(projectId: string | null): Promise<string> {
    const cacheKey = projectId ?? '';
    const cached = this.#cache.get(cacheKey);
    const now = this.#settings.now();
    if (cached && now - cached.readAt < this.#settings.cacheMs) return cached.key;
    const entry = { key: this.#find(projectId), readAt: now };
    this.#cache.set(cacheKey, entry);
    // A failure is not cached; every caller that waits for the key gets it.
    entry.key.catch(() => {
      if (this.#cache.get(cacheKey) === entry) this.#cache.delete(cacheKey);
    });
    return entry.key;
  }

  forget(projectId: string | null): void {
    this.#cache.delete(projectId ?? '');
  }

  toReplace(projectId: string | null): string {
    return this.#toStore(this.#inUse.get(projectId ?? '') ?? this.#settings.secretName);
  }

  #toStore(name: string): string {
    const [vault = ''] = new URL(this.#settings.vaultUrl).hostname.split('.');
    const command = `az keyvault secret set --vault-name ${vault} --name ${name} --file <file with the key>`;
    return `Store a key of the project as a new version of the secret ${name} in the vault ${vault}: \`${command}\`; no restart is needed.`;
  }

  async #find(projectId: string | null): Promise<string> {
    const { secretName } = this.#settings;
    const own = projectId === null ? null : projectSecretName(secretName, projectId);
    this.#inUse.set(projectId ?? '', secretName);
    if (own === null) return this.#keyIn(secretName);
    try {
      const key = await this.#keyIn(own);
      this.#inUse.set(projectId ?? '', own);
      return key;
    } catch (error) {
      if (!(error instanceof ProvisioningError) || !USE_DEFAULT.includes(error.failure.code)) throw error;
      return this.#defaultAfter(error);
    }
  }

  async #defaultAfter(first: ProvisioningError): Promise<string> {
    try {
      return await this.#keyIn(this.#settings.secretName);
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.code !== 'api-key-missing') throw error;
      // The refused secret is the more useful report than the missing one.
      if (first.failure.code === 'key-vault-denied') throw first;
      const message = `${first.failure.message}; ${error.failure.message}`;
      throw new ProvisioningError({ ...error.failure, message });
    }
  }

  /** A secret that is missing or unusable is cured by a new version of it. */
  async #keyIn(name: string): Promise<string> {
    try {
      return await this.#usableKeyIn(name);
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.code !== 'api-key-missing') throw error;
      throw new ProvisioningError({ ...error.failure, cure: this.#toStore(name) });
    }
  }

  /** Its expiry is a reminder to rotate it: Zilliz alone decides whether the key is valid. */
  async #usableKeyIn(name: string): Promise<string> {
    const secret = await this.#read(name);
    const key = secret.value?.trim() ?? '';
    if (secret.properties.enabled === false) throw unusable(name, 'is disabled');
    // A key with a line break is refused as a header, and the error shows the key.
    if (!/^[\x21-\x7e]{1,512}$/.test(key)) throw unusable(name, 'holds nothing that could be a key');
    return key;
  }
}

/** Null when the project's ID cannot be part of a secret's name. */
function projectSecretName(secretName: string, projectId: string): string | null {
  const name = `${secretName}-${projectId}`;
  return /^[0-9A-Za-z-]{1,127}$/.test(name) ? name : null;
}

function unusable(name: string, what: string): ProvisioningError {
  return new ProvisioningError({
    kind: 'permission',
    code: 'api-key-missing',
    message: `reading secret ${name}: the secret ${what}`,
    source: 'key-vault',
  });
}
