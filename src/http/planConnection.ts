import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { failureCatalog } from '../domain/failure/catalog.ts';
import { costSchema } from '../domain/plan/cost.ts';
import { permissionRowSchema } from '../domain/plan/permissions.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { planOfOrphan } from '../domain/plan/planOfOrphan.ts';
import { isChange } from '../domain/plan/rows.ts';
import { findWithSpec } from './findConnection.ts';
import type { ConnectionSources } from './findConnection.ts';
import { problemsAsResponses, readConnection } from './response.ts';

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
export function planConnection(options: {
  readonly plan: (connection: Connection) => Promise<Plan>;
  readonly allowed: AllowedScopes;
}): HttpHandler {
  return problemsAsResponses(async (request) => {
    const read = await readConnection(request, options.allowed);
    if (!read.ok) return read.response;
    return planResponse(read.connection.id, await options.plan(read.connection));
  });
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

/** `POST /api/connections/{id}/plan`: drift, which is the plan of the stored connection; rows other than `keep` are drift. */
export function planStored(
  options: ConnectionSources & { readonly plan: (connection: Connection) => Promise<Plan> },
): HttpHandler {
  return problemsAsResponses(async (request) => {
    const id = request.params.id ?? '';
    const found = await findWithSpec(id, options);
    switch (found.kind) {
      case 'stored':
        return planResponse(id, await options.plan(found.stored.connection));
      case 'orphan':
        return planResponse(id, planOfOrphan(found.orphan));
      case 'refused':
        return found.response;
    }
  });
}
