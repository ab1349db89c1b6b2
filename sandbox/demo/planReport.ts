import { z } from 'zod';

/** What the demo reads of a plan. */
export const planSchema = z.object({
  rows: z.array(
    z.object({
      resource: z.string(),
      id: z.string(),
      action: z.string(),
      reason: z.string(),
      guideStep: z.string(),
      rule: z.string().optional(),
    }),
  ),
  problems: z.array(z.object({ code: z.string(), detail: z.string(), remedy: z.string() })),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  permissions: z.array(z.object({ action: z.string(), granted: z.boolean().nullable() })),
  cost: z.object({ currency: z.string(), perMonth: z.number(), note: z.string() }),
  expectedSeconds: z.number(),
});

export type PlanView = z.infer<typeof planSchema>;

/** A plan as a table, with what it costs and needs. */
export function planLines(plan: PlanView): readonly string[] {
  const rows = plan.rows.map(
    ({ action, resource, id, reason }) =>
      `  ${action.padEnd(8)} ${resource.padEnd(20)} ${nameOf(id)}: ${reason}`,
  );
  const { cost, permissions, warnings, problems } = plan;
  const lacking = permissions.filter(({ granted }) => granted === false).length;
  const unread = permissions.filter(({ granted }) => granted === null).length;
  return [
    ...problems.map(({ code, detail, remedy }) => `  problem: ${code}: ${detail} → ${remedy}`),
    ...warnings.map(({ code, detail }) => `  warning: ${code}: ${detail}`),
    ...rows,
    ...(permissions.length > 0
      ? [`  rights in Azure: ${permissions.length} used, ${lacking} missing, ${unread} could not be read`]
      : []),
    ...(cost.perMonth > 0 ? [`  ${cost.perMonth.toFixed(2)} ${cost.currency} a month. ${cost.note}`] : []),
  ];
}

/** How many rows there are of each action, e.g. `keep 6, create 1`. */
export function planCounts({ rows }: PlanView): string {
  const counts = new Map<string, number>();
  for (const { action } of rows) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, times]) => `${action} ${times}`).join(', ');
}

function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
