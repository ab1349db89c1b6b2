const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long an answer is waited for, in milliseconds; a request that takes longer fails as one without an answer. */
export interface TimeLimits {
  readonly azureMs: number;
  /** For following a write of Azure to its end, within the ten minutes that an activity may take (host.json). */
  readonly azureOperationMs: number;
  readonly zillizMs: number;
  readonly keyVaultMs: number;
  readonly tokenMs: number;
  readonly probeMs: number;
}

export const usualTimeLimits: TimeLimits = {
  azureMs: MINUTE,
  azureOperationMs: 4 * MINUTE,
  // Zilliz itself gives a request a minute.
  zillizMs: MINUTE,
  keyVaultMs: 20 * SECOND,
  tokenMs: 20 * SECOND,
  probeMs: 10 * SECOND,
};
