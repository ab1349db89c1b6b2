import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { failureCatalog } from '../domain/failure/catalog.ts';
import { costSchema, monthlyCost } from '../domain/plan/cost.ts';
import { permissionRowSchema } from '../domain/plan/permissions.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { RemovalRow } from '../domain/plan/removal.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { planOfOrphan } from '../domain/plan/planOfOrphan.ts';
import { isChange } from '../domain/plan/rows.ts';
import { phases } from '../domain/run/phase.ts';
import { findSubject } from './deleteConnection.ts';
import { onConnection, withSpec } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { readQuery } from './requests.ts';
import { readConnection } from './startConnection.ts';

const row = z.object({
  phase: z.string(),
  guideStep: z.string(),
  resource: z.string(),
  id: z.string(),
  action: z.string(),
  reason: z.string(),
  networkId: z.string().optional().meta({ description: 'Of a virtual network link' }),
  predicted: z.literal(true).optional().meta({ description: 'It depends on what is not known yet' }),
  unread: z
    .literal(true)
    .optional()
    .meta({ description: 'It is left to another owner, and its presence is not read: no drift' }),
  rule: z.string().optional().meta({ description: 'How that was filled in' }),
});
const coded = z.object({ code: z.string(), detail: z.string() });

export const planViewSchema = z.object({
  id: z.string(),
  changes: z.boolean().meta({ description: 'Whether any row that was read is more than `keep`' }),
  rows: z.array(row),
  problems: z.array(coded.extend({ pointer: z.string(), remedy: z.string() })),
  warnings: z.array(coded),
  hiddenNames: z.array(z.string()),
  permissions: z.array(permissionRowSchema).meta({ description: 'Writes in Azure that the rows call for' }),
  cost: costSchema,
  expectedSeconds: z.number().meta({ description: 'An estimate, no promise' }),
});

/** `POST /api/connections/plan`: what a run would do and what prevents it, from one reading, without a write. */
export function planConnection(
  allowed: AllowedScopes,
  plan: (connection: Connection) => Promise<Plan>,
): HttpHandler {
  return async (request) => {
    const connection = await readConnection(request, allowed);
    return planResponse(connection.id, await plan(connection));
  };
}

function planResponse(id: string, plan: Plan): HttpResponseInit {
  const { rows, faults, warnings, hiddenNames, permissions, cost, expectedSeconds } = plan;
  const problems = faults.map((fault) => ({ ...fault, remedy: failureCatalog[fault.code].remedy }));
  const changes = rows.some(isChange);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: { id, changes, rows, problems, warnings, hiddenNames, permissions, cost, expectedSeconds },
  };
}

export const planStoredQuerySchema = z.object({
  for: z
    .enum(['reconcile', 'disconnect'])
    .default('reconcile')
    .meta({ description: 'Of which request it is the plan: `disconnect` is what DELETE would do' }),
});

interface StoredPlans {
  readonly reconcile: (connection: Connection) => Promise<Plan>;
  readonly disconnect: (subject: RemovalSubject) => Promise<{
    readonly rows: readonly RemovalRow[];
    readonly manualSteps: readonly string[];
  }>;
}

/**
 * `POST /api/connections/{id}/plan`: drift, which is the plan of the stored connection; rows other than `keep` are drift. With
 * `for=disconnect` it is what DELETE would remove, and what it would keep.
 */
export function planStored(sources: Sources, plans: StoredPlans): HttpHandler {
  return onConnection(sources, async (known, request) => {
    if (readQuery(request, planStoredQuerySchema).for === 'disconnect')
      return removalResponse(known.id, await plans.disconnect(await findSubject(known)));
    const { stored, orphan } = await known.storedOrOrphan();
    return planResponse(
      known.id,
      orphan ? planOfOrphan(orphan) : await plans.reconcile(withSpec(stored).connection),
    );
  });
}

function removalResponse(
  id: string,
  { rows, manualSteps }: Awaited<ReturnType<StoredPlans['disconnect']>>,
): HttpResponseInit {
  const shown = rows.map(({ phase, guideStep, resource, id: resourceId, action, reason }) => ({
    ...{ phase, guideStep, resource, id: resourceId, action, reason },
  }));
  const busy = new Set(rows.filter(isChange).map(({ phase }) => phase));
  const seconds = [...busy].reduce((sum, phase) => sum + phases[phase].expectedSeconds, 0);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: {
      ...{ id, changes: rows.some(isChange), rows: shown, problems: [] },
      warnings: manualSteps.map((detail) => ({ code: 'manual-step', detail })),
      ...{ hiddenNames: [], permissions: [], cost: monthlyCost([]), expectedSeconds: seconds },
    },
  };
}
