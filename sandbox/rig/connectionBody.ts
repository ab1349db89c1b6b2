/** What tests look at in the answer of GET. */
export interface ConnectionBody {
  readonly id: string;
  readonly status: string;
  readonly phases: readonly {
    readonly phase: string;
    readonly state: string;
    readonly reason: string | null;
    readonly attempts: number;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
  }[];
  readonly result: {
    readonly outcome: string;
    readonly privateEndpoint: { readonly endpointId: string; readonly address: string };
    readonly clusters: readonly {
      readonly clusterId: string;
      readonly state: string;
      readonly uri: string | null;
      readonly reason: string | null;
      readonly verification: { readonly outcome: string; readonly detail: string } | null;
      readonly publicAccess: string | null;
      readonly probe?: { readonly command: string; readonly expected: string };
    }[];
    readonly warnings: readonly { readonly code: string; readonly detail: string }[];
    readonly manualSteps: readonly string[];
    readonly zonesToCreate: readonly { readonly name: string; readonly linkedNetworks: readonly string[] }[];
    readonly recordsToCreate: readonly { readonly name: string; readonly address: string }[];
    readonly writes: Readonly<Record<string, number>>;
  } | null;
  readonly problem: {
    readonly type: string;
    readonly status: number;
    readonly detail: string;
    readonly cause: string;
    readonly remedy: string;
    readonly errors: readonly {
      readonly pointer: string;
      readonly code: string;
      readonly detail: string;
      readonly remedy: string;
    }[];
  } | null;
}
