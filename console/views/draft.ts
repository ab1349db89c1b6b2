import type { Request } from '../api.ts';

/** The request while it is filled in: texts, as the fields have them. */
export interface Draft {
  readonly projectId: string;
  readonly regionId: string;
  readonly subnetId: string;
  /** Null: all clusters, also future ones. */
  readonly clusters: readonly string[] | null;
  /** Beside those that are offered. */
  readonly otherClusters: string;
  readonly layout: 'regional' | 'per-cluster';
  readonly manageDns: boolean;
  readonly refuseHiddenNames: boolean;
  readonly autoRegistration: boolean;
  readonly linkedNetworks: string;
  readonly zoneResourceGroupId: string;
  readonly endpointName: string;
  readonly endpointResourceGroup: string;
  readonly staticIpAddress: string;
  readonly networkInterfaceName: string;
  readonly tags: string;
  readonly adopt: boolean;
  readonly undo: boolean;
  readonly deadlineMinutes: string;
}

const emptyDraft: Draft = {
  ...{ projectId: '', regionId: '', subnetId: '', clusters: null, otherClusters: '' },
  ...{ layout: 'regional', manageDns: true, refuseHiddenNames: true, autoRegistration: true },
  ...{ linkedNetworks: '', zoneResourceGroupId: '', endpointName: '', endpointResourceGroup: '' },
  ...{ staticIpAddress: '', networkInterfaceName: '', tags: '' },
  ...{ adopt: true, undo: false, deadlineMinutes: '' },
};

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function endpointOf(draft: Draft): NonNullable<Request['privateEndpoint']> {
  const { endpointName, endpointResourceGroup, staticIpAddress, networkInterfaceName } = draft;
  return {
    ...(endpointName !== '' && { name: endpointName }),
    ...(endpointResourceGroup !== '' && { resourceGroup: endpointResourceGroup }),
    ...(staticIpAddress !== '' && { staticIpAddress }),
    ...(networkInterfaceName !== '' && { networkInterfaceName }),
  };
}

function dnsOf(draft: Draft): NonNullable<Request['dns']> {
  const isRegional = draft.manageDns && draft.layout === 'regional';
  const linkedNetworks = lines(draft.linkedNetworks);
  return {
    ...(!draft.manageDns && { manage: false }),
    ...(draft.layout === 'per-cluster' && { layout: draft.layout }),
    ...(isRegional && draft.refuseHiddenNames && { hiddenNames: 'refuse' }),
    ...(isRegional && !draft.autoRegistration && { autoRegistration: false }),
    ...(draft.zoneResourceGroupId !== '' && { zoneResourceGroupId: draft.zoneResourceGroupId }),
    ...(linkedNetworks.length > 0 && { linkedNetworks }),
  };
}

function tagsOf(draft: Draft): NonNullable<Request['tags']> {
  return Object.fromEntries(
    lines(draft.tags).map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
}

/** The body of the request. What is left at its default is not in it. */
export function requestOf(draft: Draft): Request {
  const { projectId, regionId, subnetId, clusters, deadlineMinutes } = draft;
  const privateEndpoint = endpointOf(draft);
  const tags = tagsOf(draft);
  const dns = dnsOf(draft);
  return {
    ...{ projectId, regionId, subnetId },
    ...(clusters !== null && { clusters: [...clusters, ...lines(draft.otherClusters)] }),
    ...(Object.keys(privateEndpoint).length > 0 && { privateEndpoint }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(Object.keys(dns).length > 0 && { dns }),
    ...(!draft.adopt && { adopt: 'never' }),
    ...(draft.undo && { onFailure: 'undo' }),
    ...(deadlineMinutes !== '' && { deadlineMinutes: Number(deadlineMinutes) }),
  };
}

type Place = Pick<Draft, 'projectId' | 'regionId' | 'subnetId'>;

/** The form with what is known of a connection filled in. */
export function connectAddress({ projectId, regionId, subnetId }: Place): string {
  return `#/connect?${new URLSearchParams({ projectId, regionId, subnetId }).toString()}`;
}

/** The draft that an address asks for. */
export function draftOf(address: string): Draft {
  const query = new URLSearchParams(address.split('?')[1] ?? '');
  const known = (name: keyof Place): string => query.get(name) ?? '';
  return {
    ...emptyDraft,
    projectId: known('projectId'),
    regionId: known('regionId'),
    subnetId: known('subnetId'),
  };
}
