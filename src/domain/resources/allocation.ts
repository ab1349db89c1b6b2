/** One reading of the three signals that a private link is allocated. */
export interface AllocationView {
  /** Azure's connection state; `Absent` if the endpoint does not exist. */
  readonly connection: 'Pending' | 'Approved' | 'Rejected' | 'Disconnected' | 'Other' | 'Absent';
  /** The original texts of Azure and Zilliz, for the time-out message. */
  readonly connectionText: string;
  readonly registration: 'ready' | 'failed' | 'working' | 'absent';
  readonly registrationText: string;
  /** The clusters that need a record. */
  readonly clusters: readonly {
    readonly clusterId: string;
    readonly privateLinkAddress: string | null;
    readonly connectAddress: string;
    /** Whether the run waits for its address. Sync writes the record of the others when they have an address. */
    readonly awaited: boolean;
    /** Whether it is suspended, so that it takes no connection. Absent in runs that an earlier version started. */
    readonly asleep?: boolean;
  }[];
}
