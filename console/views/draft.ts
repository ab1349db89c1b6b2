/** The request while it is filled in: texts, as the fields have them. */
export interface Draft {
  readonly projectId: string;
  readonly regionId: string;
  readonly subnetId: string;
  /** Null: all clusters, also future ones. */
  readonly clusters: readonly string[] | null;
  readonly layout: 'regional' | 'per-cluster';
  readonly manageDns: boolean;
  readonly refuseHiddenNames: boolean;
  readonly linkedNetworks: string;
  readonly zoneResourceGroupId: string;
  readonly endpointName: string;
  readonly tags: string;
  readonly undo: boolean;
}

const emptyDraft: Draft = {
  ...{ projectId: '', regionId: '', subnetId: '', clusters: null },
  ...{ layout: 'regional', manageDns: true, refuseHiddenNames: true },
  ...{ linkedNetworks: '', zoneResourceGroupId: '', endpointName: '', tags: '', undo: false },
};

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The body of the request. What is left at its default is not in it. */
export function requestOf(draft: Draft): object {
  const networks = lines(draft.linkedNetworks);
  const dns = {
    ...(!draft.manageDns && { manage: false }),
    ...(draft.layout === 'per-cluster' && { layout: draft.layout }),
    ...(draft.refuseHiddenNames &&
      draft.manageDns &&
      draft.layout === 'regional' && { hiddenNames: 'refuse' }),
    ...(draft.zoneResourceGroupId !== '' && { zoneResourceGroupId: draft.zoneResourceGroupId.trim() }),
    ...(networks.length > 0 && { linkedNetworks: networks }),
  };
  const tags = Object.fromEntries(
    lines(draft.tags).map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
  return {
    ...{
      projectId: draft.projectId.trim(),
      regionId: draft.regionId.trim(),
      subnetId: draft.subnetId.trim(),
    },
    ...(draft.clusters !== null && { clusters: draft.clusters }),
    ...(draft.endpointName !== '' && { privateEndpoint: { name: draft.endpointName.trim() } }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(Object.keys(dns).length > 0 && { dns }),
    ...(draft.undo && { onFailure: 'undo' }),
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
