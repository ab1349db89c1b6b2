import { observeMade } from './activities/made.ts';
import { findOrphans, findOrphan } from './activities/orphans.ts';
import type { Policy } from './activities/policy.ts';
import { planOf } from './activities/preflight.ts';
import { findAllStored, findStored } from './activities/stored.ts';
import type { Allowed } from './domain/bounds.ts';
import type { WorkflowClientOf } from './durable/client.ts';
import type { Access } from './functions/access.ts';
import { deleteConnection } from './functions/deleteConnection.ts';
import { exportConnection } from './functions/exportConnection.ts';
import type { Handlers } from './functions/index.ts';
import { listConnections } from './functions/listConnections.ts';
import { planStored } from './functions/planStored.ts';
import { reconcileConnection } from './functions/reconcileConnection.ts';
import type { Ports } from './ports.ts';

/** The routes that work on what is stored in Azure: list, drift, reconcile, disconnect, export. */
export function lifecycleHandlers(of: {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly access: Access;
  readonly allowed: Allowed;
  readonly clientOf: WorkflowClientOf;
}): Pick<
  Handlers,
  'listConnections' | 'planStored' | 'reconcileConnection' | 'deleteConnection' | 'exportConnection'
> {
  const { ports, policy, access, allowed, clientOf } = of;
  const stored = async (id: string) => (await findStored(ports, id)).stored;
  const orphan = (id: string) => findOrphan(ports, id);
  return {
    listConnections: listConnections({
      clientOf,
      allowed,
      stored: () => findAllStored(ports),
      orphans: (isWanted) => findOrphans(ports, isWanted),
    }),
    planStored: planStored({
      allowed,
      stored,
      orphan,
      plan: (connection) => planOf(ports, policy, connection),
    }),
    reconcileConnection: reconcileConnection({ clientOf, access, allowed, stored, orphan }),
    deleteConnection: deleteConnection({ clientOf, access, allowed, stored, orphan }),
    exportConnection: exportConnection({ allowed, made: (id) => observeMade(ports, id), orphan }),
  };
}
