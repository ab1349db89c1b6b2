import { sampleRequest } from './connectScenario.ts';
import { planCounts, planLines, planSchema } from './planReport.ts';
import type { Stage } from './stage.ts';

/** What a run would do, over both control planes, without a single write. */
export async function planScenario({ api, baseUrl, print, sandbox }: Stage): Promise<boolean> {
  print(`POST ${baseUrl}/api/connections/plan`, '');
  const plan = planSchema.parse(await api.send('POST', '/api/connections/plan', sampleRequest));
  print(...planLines(plan), '', `${planCounts(plan)}; a run takes about ${plan.expectedSeconds} s.`);
  return sandbox.traffic.writes().length === 0 && plan.problems.length === 0;
}
