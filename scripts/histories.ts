// Records one run of each workflow with the code as it is, for `test/replay`: its history, and what a later version has to read
// of it. Before a release, with its version as the parameter; docs/explanation/change-a-workflow.md says when not.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run histories [-- RELEASE]

Records one run of each workflow for test/replay (docs/upgrade.md), under the name of a release; default: the version of
package.json with -dev.
`);

// Before anything of the app is loaded: its library detects the host once.
injectCoreModule();
const { HISTORIES, historyText } = await import('../test/replay/history.ts');
const { record, scenarios } = await import('../test/replay/scenarios.ts');
const { writeVersion } = await import('../test/replay/versions.ts');

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const [release = `${version}-dev`] = process.argv.slice(2);

for (const [name, scenario] of Object.entries(scenarios)) {
  const { recorded: run, stored } = await record(scenario);
  writeVersion(release, name, stored);
  const file = `${name}.v${run.version}.json`;
  const text = historyText(run);
  writeFileSync(join(HISTORIES, file), text);
  const events = run.executions.map(({ length }) => length).join(' + ');
  console.log(`${HISTORIES}/${file}  ${events} events, ${(text.length / 1000).toFixed(0)} KB`);
}
