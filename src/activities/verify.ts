import type { Ports } from '../ports.ts';
import { mapConcurrently } from '../queries/tryRead.ts';

export interface Target {
  readonly clusterId: string;
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

export interface Verification {
  readonly clusterId: string;
  readonly outcome:
    'verified' | 'wrong-address' | 'wrong-certificate' | 'unreachable' | 'not-verifiable-from-here';
  readonly detail: string;
}

const PROBES_AT_A_TIME = 10;

/** The proof for several clusters, side by side, in their order. */
export async function verifyTargets(
  ports: Ports,
  { targets }: { readonly targets: readonly Target[] },
): Promise<{ readonly proofs: readonly Verification[] }> {
  return {
    proofs: await mapConcurrently(PROBES_AT_A_TIME, targets, (target) => verifyTarget(ports, target)),
  };
}

/** Resolves the private name and speaks to the service behind it, from where the app runs. */
async function verifyTarget(ports: Ports, { clusterId, host, port, address }: Target): Promise<Verification> {
  if (!ports.probe.insideNetwork) {
    return {
      clusterId,
      outcome: 'not-verifiable-from-here',
      detail: 'the app has no view into a virtual network',
    };
  }
  const resolved = await ports.probe.resolve(host);
  if ('error' in resolved)
    return { clusterId, outcome: 'wrong-address', detail: `${host} does not resolve: ${resolved.error}` };
  if (!resolved.addresses.includes(address)) {
    return {
      clusterId,
      outcome: 'wrong-address',
      detail: `${host} resolves to ${resolved.addresses.join(', ')}, not to ${address}`,
    };
  }
  const answer = await ports.probe.connect({ host, address, port });
  switch (answer.outcome) {
    case 'answered':
      return {
        clusterId,
        outcome: 'verified',
        detail: `${host} → ${address}, port ${port}: TLS for the name, HTTP ${answer.status}`,
      };
    case 'wrong-name':
      return { clusterId, outcome: 'wrong-certificate', detail: answer.detail };
    case 'unreachable':
      return { clusterId, outcome: 'unreachable', detail: answer.detail };
  }
}

export interface PublicAccess {
  readonly clusterId: string;
  readonly state: 'open' | 'closed' | 'not-verifiable-from-here';
}

export interface PublicTarget {
  readonly clusterId: string;
  readonly host: string;
  readonly port: number;
}

/** Whether the public addresses answer, side by side. */
export async function probePublicAccess(
  ports: Ports,
  { targets }: { readonly targets: readonly PublicTarget[] },
): Promise<{ readonly seen: readonly PublicAccess[] }> {
  return { seen: await mapConcurrently(PROBES_AT_A_TIME, targets, (target) => probePublic(ports, target)) };
}

/** Closed may also mean an IP allowlist; a probe from inside a linked network says nothing. */
async function probePublic(ports: Ports, { clusterId, host, port }: PublicTarget): Promise<PublicAccess> {
  const resolved = await ports.probe.resolve(host);
  const address = 'addresses' in resolved ? resolved.addresses[0] : undefined;
  if (address === undefined) return { clusterId, state: 'not-verifiable-from-here' };
  const answer = await ports.probe.connect({ host, address, port });
  return { clusterId, state: answer.outcome === 'unreachable' ? 'closed' : 'open' };
}
