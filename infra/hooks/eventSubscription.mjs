// Lets cluster events in, once the function is there: Azure refuses a subscription to a function that it cannot find. azd runs this
// after each deployment, with the outputs of main.bicep in the environment; running it again changes nothing.
import { fileURLToPath } from 'node:url';
import { az } from './az.mjs';

const names = {
  topicName: 'EVENT_TOPIC_NAME',
  functionAppName: 'FUNCTION_APP_NAME',
  storageName: 'STORAGE_ACCOUNT_NAME',
  deadLetterContainerName: 'DEAD_LETTER_CONTAINER_NAME',
  eventSchema: 'EVENT_SCHEMA',
};
const environment = process.env;
if (!environment.EVENT_TOPIC_NAME) {
  console.log('No event topic in this environment: the sweep alone finds new clusters.');
  process.exit(0);
}
const needed = [...Object.values(names), 'AZURE_RESOURCE_GROUP', 'AZURE_SUBSCRIPTION_ID'];
const missing = needed.filter((name) => !environment[name]);
if (missing.length > 0) {
  console.error(`Missing in the azd environment: ${missing.join(', ')}. Run \`azd provision\` first.`);
  process.exit(1);
}

const { status } = az(
  [
    ...['deployment', 'group', 'create', '--only-show-errors', '--output', 'none'],
    ...['--subscription', environment.AZURE_SUBSCRIPTION_ID],
    ...['--resource-group', environment.AZURE_RESOURCE_GROUP],
    ...['--name', 'event-subscription'],
    ...['--template-file', fileURLToPath(new URL('../events.bicep', import.meta.url))],
    ...[
      '--parameters',
      ...Object.entries(names).map(([name, variable]) => `${name}=${environment[variable]}`),
    ],
  ],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
