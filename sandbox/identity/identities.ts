/** A managed identity that the app may use. */
export interface ManagedIdentity {
  /** Object ID, the `oid` of its tokens: what roles are assigned to. */
  readonly principalId: string;
  /** The `appid` of its tokens. */
  readonly clientId: string;
  /** Of a user-assigned identity. */
  readonly resourceId?: string;
}

export interface Identities {
  systemAssigned: ManagedIdentity | null;
  readonly userAssigned: ManagedIdentity[];
}

/** What people do on the app's identity page. */
export interface IdentityControl {
  /** Null switches the system-assigned identity off. */
  setSystemAssigned(identity: ManagedIdentity | null): void;
  assign(identity: ManagedIdentity): void;
  /** Takes a user-assigned identity from the app. */
  unassign(clientId: string): void;
}

export function identityControl(identities: Identities): IdentityControl {
  return {
    setSystemAssigned(identity) {
      identities.systemAssigned = identity;
    },
    assign(identity) {
      identities.userAssigned.push(identity);
    },
    unassign(clientId) {
      const index = identities.userAssigned.findIndex((identity) => sameText(identity.clientId, clientId));
      if (index < 0) throw new Error(`There is no user-assigned identity with the client ID ${clientId}.`);
      identities.userAssigned.splice(index, 1);
    },
  };
}

/** The identity that a query names; without any name the system-assigned one. */
export function findIdentity(
  { systemAssigned, userAssigned }: Identities,
  query: Readonly<Record<string, string>>,
): ManagedIdentity | undefined {
  const { client_id: clientId = query.clientid, mi_res_id: resourceId } = query;
  const objectId = query.object_id ?? query.principal_id;
  if (clientId === undefined && resourceId === undefined && objectId === undefined) {
    return systemAssigned ?? undefined;
  }
  return userAssigned.find(
    (identity) =>
      (clientId === undefined || sameText(identity.clientId, clientId)) &&
      (resourceId === undefined || sameText(identity.resourceId ?? '', resourceId)) &&
      (objectId === undefined || sameText(identity.principalId, objectId)),
  );
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
