// `npm run test:soak [days]`: a month of virtual time of one deployment. Clusters come and go, keys rotate, Azure and Zilliz throttle, rights
// and policies change, a DNS owner edits records, an entry is declared, the app is updated in the midst of runs. At the end nothing may
// differ from what was requested, and nothing may have grown: instances, histories, records, memory. Prints a table; exit code 1 if not.
import { injectCoreModule } from '../../sandbox/host/worker/injectCore.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run test:soak [-- DAYS]

A month of virtual time of one deployment, or so many days. Fails if a drift is left, or if anything has grown.
`);

// Before anything of the app is loaded: its library detects the host once.
injectCoreModule();
const { month } = await import('./month.ts');

const [days = '35'] = process.argv.slice(2);
const failures = await month(Number(days), (line) => {
  console.log(line);
});
for (const failure of failures) console.log(`FAILED: ${failure}`);
if (failures.length === 0) console.log('No drift is left, and nothing grows.');
process.exitCode = failures.length === 0 ? 0 : 1;
