// Records one run of each workflow with the code as it is, for `test/replay`. Before a release; docs/upgrade.md says when not.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';

// Before anything of the app is loaded: its library detects the host once.
injectCoreModule();
const { HISTORIES, historyText } = await import('../test/replay/history.ts');
const { record, scenarios } = await import('../test/replay/scenarios.ts');

for (const [name, scenario] of Object.entries(scenarios)) {
  const run = await record(scenario);
  const file = `${name}.v${run.version}.json`;
  const text = historyText(run);
  writeFileSync(join(HISTORIES, file), text);
  const events = run.executions.map(({ length }) => length).join(' + ');
  console.log(`${HISTORIES}/${file}  ${events} events, ${(text.length / 1000).toFixed(0)} KB`);
}
