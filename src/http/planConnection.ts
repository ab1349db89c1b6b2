import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import type { WhitelistEntry } from '../domain/connection/fieldSchemas.ts';
import { explained, problemSchema, troubleOf } from '../domain/failure/problem.ts';
import { costSchema, monthlyCost } from '../domain/plan/cost.ts';
import { guardRowSchema } from '../domain/plan/guards.ts';
import { permissionRowSchema } from '../domain/plan/permissions.ts';
import type { PlanOfRequest } from '../domain/plan/plan.ts';
import type { RemovalRow } from '../domain/plan/removal.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { planOfOrphan } from '../domain/plan/planOfOrphan.ts';
import { isChange, resourceKindSchema } from '../domain/plan/rows.ts';
import { warningSchema } from '../domain/plan/warnings.ts';
import { verdictActions } from '../domain/resources/verdict.ts';
import { onDemandSchema } from '../domain/resources/onDemand.ts';
import { phases } from '../domain/run/phase.ts';
import { notedWhitelist, phaseNameSchema } from '../domain/run/status.ts';
import { findSubject } from './deleteConnection.ts';
import { onConnection, withSpec } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { readQuery } from './requests.ts';
import { Refused } from './response.ts';
import { readConnection } from './startConnection.ts';

const row = z.object({
  phase: phaseNameSchema,
  guideStep: z.string(),
  resource: resourceKindSchema,
  id: z.string(),
  action: z.enum(verdictActions).meta({ id: 'PlanAction' }),
  reason: z.string(),
  networkId: z.string().optional().meta({ description: 'Of a virtual network link' }),
  predicted: z.literal(true).optional().meta({ description: 'It depends on what is not known yet' }),
  unread: z
    .literal(true)
    .optional()
    .meta({ description: 'It is left to another owner, and its presence is not read: no drift' }),
  rule: z.string().optional().meta({ description: 'How that was filled in' }),
});

export const planViewSchema = z
  .object({
    id: z.string(),
    changes: z.boolean().meta({
      description:
        'Whether any row that was read is more than `keep`, apart from records that wait for an address',
    }),
    rows: z.array(row),
    problems: problemSchema.shape.errors,
    warnings: z.array(warningSchema),
    hiddenNames: z.array(z.string()),
    manualSteps: z.array(z.string()).meta({ description: 'What no API can do, in the plan of a disconnect' }),
    permissions: z.array(permissionRowSchema).meta({ description: 'Writes in Azure that the rows call for' }),
    guards: z
      .array(guardRowSchema)
      .meta({ description: 'Locks and policies that could refuse these writes' }),
    onDemand: onDemandSchema.nullable().meta({ description: 'Null in a plan without a request' }),
    cost: costSchema,
    expectedSeconds: z.number().meta({ description: 'An estimate, no promise' }),
  })
  .meta({ id: 'Plan' });

export const planQuerySchema = z.object({
  strict: z
    .enum(['true', 'false'])
    .meta({ id: 'Flag' })
    .default('false')
    .meta({ description: '`true`: 422 when the plan has problems, so that a script fails' }),
});

/** `POST /api/connections/plan`: what a run would do and what prevents it, from one reading, without a write. */
export function planConnection(
  allowed: AllowedScopes,
  plan: (connection: Connection) => Promise<PlanOfRequest>,
): HttpHandler {
  return async (request) => {
    const strict = isStrict(request);
    const connection = await readConnection(request, allowed);
    return planResponse(connection.id, await plan(connection), strict);
  };
}

function isStrict(request: HttpRequest): boolean {
  return readQuery(request, planQuerySchema).strict === 'true';
}

function planResponse(id: string, plan: PlanOfRequest, strict: boolean): HttpResponseInit {
  const { rows, faults, warnings, hiddenNames, permissions, guards, onDemand, cost, expectedSeconds } = plan;
  const [first, ...others] = faults;
  if (strict && first) throw new Refused({ ...troubleOf([first, ...others]), status: 422 });
  const problems = faults.map((fault) => explained(fault, 'plan'));
  const changes = rows.some(isChange);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: {
      ...{ id, changes, rows, problems, warnings, hiddenNames, manualSteps: [] },
      ...{ permissions, guards, onDemand, cost, expectedSeconds },
    },
  };
}

export const planStoredQuerySchema = planQuerySchema.extend({
  for: z
    .enum(['reconcile', 'disconnect'])
    .meta({ id: 'PlanOf' })
    .default('reconcile')
    .meta({ description: 'Of which request it is the plan: `disconnect` is what DELETE would do' }),
});

interface RemovalPlan {
  readonly rows: readonly RemovalRow[];
  readonly manualSteps: readonly string[];
}

interface StoredPlans {
  readonly reconcile: (connection: Connection) => Promise<PlanOfRequest>;
  readonly disconnect: (subject: RemovalSubject, whitelist: WhitelistEntry | null) => Promise<RemovalPlan>;
}

const nothingLeft: RemovalPlan = { rows: [], manualSteps: [] };

/**
 * `POST /api/connections/{id}/plan`: drift, which is the plan of the stored connection; rows other than `keep` are drift. With
 * `for=disconnect` it is what DELETE would remove, and what it would keep.
 */
export function planStored(sources: Sources, plans: StoredPlans): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const query = readQuery(request, planStoredQuerySchema);
    if (query.for === 'disconnect') {
      const subject = await findSubject(known);
      const whitelist = known.instance && notedWhitelist(known.instance);
      return removalResponse(known.id, subject ? await plans.disconnect(subject, whitelist) : nothingLeft);
    }
    const { stored, orphan } = await known.storedOrOrphan();
    const found = orphan
      ? { ...planOfOrphan(orphan), onDemand: null }
      : await plans.reconcile(withSpec(stored).connection);
    return planResponse(known.id, found, query.strict === 'true');
  });
}

function removalResponse(id: string, { rows, manualSteps }: RemovalPlan): HttpResponseInit {
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
      ...{
        manualSteps,
        warnings: [],
        hiddenNames: [],
        permissions: [],
        guards: [],
        onDemand: null,
        cost: monthlyCost([]),
        expectedSeconds: seconds,
      },
    },
  };
}
