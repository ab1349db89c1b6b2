import type { Verdict } from './verdict.ts';

/** How Azure or Zilliz shows a resource. `ready`: complete and as desired. `failed`: its last operation failed. */
export interface ResourceState {
  readonly state: 'absent' | 'working' | 'ready' | 'failed';
}

/** The result of every activity that writes: what it did to one resource, and the state of the resource afterwards. */
export interface Written extends ResourceState {
  /** Resource ID in Azure, or the endpoint ID at Zilliz. */
  readonly id: string;
  readonly action: Exclude<Verdict['action'], 'conflict'>;
  readonly reason: string;
}
