import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { Connection } from '../domain/connection.ts';
import { costSchema } from '../domain/cost.ts';
import { permissionRowSchema } from '../domain/permissions.ts';
import type { Plan } from '../domain/plan.ts';
import { isChange } from '../domain/planRows.ts';
import type { Allowed } from '../domain/bounds.ts';
import { failureCatalog } from '../domain/failureCatalog.ts';
import { answering } from './answer.ts';
import { readConnection } from './readRequest.ts';

const row = z.object({
  phase: z.string(),
  guideStep: z.string(),
  resource: z.string(),
  id: z.string(),
  action: z.string(),
  reason: z.string(),
  marksOnly: z.literal(true).optional().meta({ description: 'Only tags are merged' }),
  networkId: z.string().optional().meta({ description: 'Of a virtual network link' }),
  predicted: z.literal(true).optional().meta({ description: 'It rests on what cannot be known yet' }),
  unread: z
    .literal(true)
    .optional()
    .meta({ description: 'It is left to somebody else, and whether it is there is not read: no drift' }),
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

/** `POST /api/connections/plan`: what a run would do and what stands in its way, from one reading, without a write. */
export function planConnection(options: {
  readonly plan: (connection: Connection) => Promise<Plan>;
  readonly allowed: Allowed;
}): HttpHandler {
  return answering(async (request) => {
    const read = await readConnection(request, options.allowed);
    if (!read.ok) return read.answer;
    return planAnswer(read.connection.id, await options.plan(read.connection));
  });
}

export function planAnswer(id: string, plan: Plan): HttpResponseInit {
  const { rows, faults, warnings, hiddenNames, permissions, cost, expectedSeconds } = plan;
  const problems = faults.map((fault) => ({ ...fault, remedy: failureCatalog[fault.code].remedy }));
  const changes = rows.some(isChange);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: { id, changes, rows, problems, warnings, hiddenNames, permissions, cost, expectedSeconds },
  };
}
