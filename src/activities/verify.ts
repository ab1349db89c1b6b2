import type { Connection } from '../domain/connection/connection.ts';
import { checkMarks, lastCheck, readEndpointMarks } from '../domain/connection/marks.ts';
import type { LastCheck } from '../domain/connection/marks.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Verification } from '../domain/run/verification.ts';
import { checkOutcome, isOpen } from '../domain/run/verification.ts';
import type { Ports } from '../ports.ts';
import { mapConcurrently } from '../queries/tryRead.ts';

export interface Target {
  readonly clusterId: string;
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** Zilliz suspended the cluster: it takes no connection. */
  readonly isSuspended: boolean;
}

export interface VerifyInput {
  readonly targets: readonly Target[];
  /** Where to note the outcome; null if these are not all targets of the connection. */
  readonly note: Omit<NoteCheckInput, 'outcome'> | null;
}

const PROBES_AT_A_TIME = 10;

/**
 * Verifies several clusters in parallel. Returns the results in their order. If no later attempt can change them, it notes the
 * outcome as {@link noteCheck} does: a note that fails changes no result.
 */
export async function verifyTargets(
  ports: Ports,
  { targets, note }: VerifyInput,
): Promise<{ readonly proofs: readonly Verification[]; readonly noted: boolean }> {
  const proofs = await mapConcurrently(PROBES_AT_A_TIME, targets, async (target) =>
    excused(target, await verifyTarget(ports, target)),
  );
  const outcome = checkOutcome(proofs);
  if (note === null || outcome === null || proofs.some(isOpen)) return { proofs, noted: false };
  try {
    return { proofs, ...(await noteCheck(ports, { ...note, outcome })) };
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    return { proofs, noted: false };
  }
}

/** A suspended cluster takes no connection, so that its silence says nothing of the path. */
function excused({ isSuspended }: Target, proof: Verification): Verification {
  if (proof.outcome !== 'unreachable' || !isSuspended) return proof;
  const detail = `${proof.clusterId} is suspended and takes no connection (${proof.detail})`;
  return { ...proof, outcome: 'not-verifiable-from-here', detail };
}

/** Resolves the private name and connects to the service, from the network of the app. */
async function verifyTarget(ports: Ports, { clusterId, host, port, address }: Target): Promise<Verification> {
  if (!ports.probe.insideNetwork) {
    return {
      clusterId,
      outcome: 'not-verifiable-from-here',
      detail: 'the app has no view into a virtual network',
    };
  }
  const resolved = await ports.probe.resolve(host);
  if (resolved.outcome !== 'resolved') {
    const outcome = resolved.outcome === 'no-such-name' ? 'wrong-address' : 'no-answer';
    return { clusterId, outcome, detail: `${host} does not resolve: ${resolved.detail}` };
  }
  if (!resolved.addresses.includes(address)) {
    return {
      clusterId,
      outcome: 'wrong-address',
      detail: `${host} resolves to ${resolved.addresses.join(', ')}, not to ${address}`,
    };
  }
  const result = await ports.probe.connect({ host, address, port });
  switch (result.outcome) {
    case 'answered':
      return {
        clusterId,
        outcome: 'verified',
        detail: `${host} → ${address}, port ${port}: TLS for the name, HTTP ${result.status}`,
      };
    case 'wrong-name':
      return { clusterId, outcome: 'wrong-certificate', detail: result.detail };
    case 'unreachable':
      return { clusterId, outcome: 'unreachable', detail: result.detail };
  }
}

export interface NoteCheckInput {
  readonly connection: Connection;
  readonly outcome: LastCheck['outcome'];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Notes at the private endpoint how the last verification ended, so that it is known also without the run: one tag, if the
 * outcome has changed, or once a day.
 */
export async function noteCheck(
  ports: Ports,
  { connection, outcome, now }: NoteCheckInput,
): Promise<{ readonly noted: boolean }> {
  const endpoint = await ports.network.privateEndpoint(connection.privateEndpoint.id);
  if (!endpoint || readEndpointMarks(endpoint.tags)?.connectionId !== connection.id) return { noted: false };
  const last = lastCheck(endpoint.tags);
  if (last?.outcome === outcome && now - Date.parse(last.at) < DAY_MS) return { noted: false };
  await ports.network.mergeTags(endpoint.id, checkMarks({ at: new Date(now).toISOString(), outcome }));
  return { noted: true };
}

export interface PublicAccess {
  readonly clusterId: string;
  readonly state: 'open' | 'no-answer-from-here' | 'not-verifiable-from-here';
}

export interface PublicTarget {
  readonly clusterId: string;
  readonly host: string;
  readonly port: number;
  /** Of the private endpoint. Absent in runs that an earlier version started. */
  readonly privateAddress?: string;
}

/** Checks in parallel whether the public addresses are reachable. */
export async function probePublicAccess(
  ports: Ports,
  { targets }: { readonly targets: readonly PublicTarget[] },
): Promise<{ readonly seen: readonly PublicAccess[] }> {
  return { seen: await mapConcurrently(PROBES_AT_A_TIME, targets, (target) => probePublic(ports, target)) };
}

/** No answer proves nothing: it may be an IP allowlist, a firewall, or a disabled endpoint. */
async function probePublic(ports: Ports, target: PublicTarget): Promise<PublicAccess> {
  const { clusterId, host, port, privateAddress } = target;
  const resolved = await ports.probe.resolve(host);
  const address = resolved.outcome === 'resolved' ? resolved.addresses[0] : undefined;
  // A name that leads to the private endpoint says nothing of the internet.
  if (address === undefined || address === privateAddress)
    return { clusterId, state: 'not-verifiable-from-here' };
  const result = await ports.probe.connect({ host, address, port });
  return { clusterId, state: result.outcome === 'unreachable' ? 'no-answer-from-here' : 'open' };
}
