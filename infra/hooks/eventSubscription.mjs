// After each deployment of code: lets cluster events in. Azure refuses a subscription to a function that it cannot find, and keeps one
// whose endpoint failed its check as Failed for good; such a one is deleted and made anew. Running it again changes nothing.
import { az, deploy, persist, required, stop } from './az.mjs';

const LIMIT = { limitSeconds: 600, everySeconds: 20 };
const API_VERSION = '2025-02-15';
const names = {
  topicName: 'EVENT_TOPIC_NAME',
  functionAppName: 'FUNCTION_APP_NAME',
  storageName: 'STORAGE_ACCOUNT_NAME',
  deadLetterContainerName: 'DEAD_LETTER_CONTAINER_NAME',
  eventSchema: 'EVENT_SCHEMA',
};
/** What Azure's refusals mean here, and what cures them. */
const lacks = [
  [
    /Destination endpoint not found|functions\/\w+.*(not found|does not exist)/is,
    'The function is not there yet: the host has not started the new code. If it stays so, look at `az functionapp function list`.',
  ],
  [
    /AuthorizationFailed|LinkedAuthorizationFailed/,
    'You lack a right: Contributor on the resource group holds those on the topic, the function and the storage.',
  ],
  [
    /identity|managed ?identity|does not have (access|permission)/i,
    "The topic's identity may not write into the storage yet: its roles take up to ten minutes to act.",
  ],
];

if (!process.env.EVENT_TOPIC_NAME) {
  console.log('No event topic in this environment: the sweep alone finds new clusters.');
  process.exit(0);
}
const environment = required([...Object.values(names), 'AZURE_RESOURCE_GROUP', 'AZURE_SUBSCRIPTION_ID']);
const group = [
  '--subscription',
  environment.AZURE_SUBSCRIPTION_ID,
  '--resource-group',
  environment.AZURE_RESOURCE_GROUP,
];
const subscriptionId = `/subscriptions/${environment.AZURE_SUBSCRIPTION_ID}/resourceGroups/${environment.AZURE_RESOURCE_GROUP}/providers/Microsoft.EventGrid/topics/${environment.EVENT_TOPIC_NAME}/eventSubscriptions/clusters-to-workflow`;

const { ok, text } = await persist(subscribe, LIMIT);
if (ok) {
  console.log(`Cluster events of ${environment.EVENT_TOPIC_NAME} reach the app.`);
} else {
  stop(
    [
      `Cluster events do not reach the app.\n${text}`,
      'The app works without them: the sweep finds new clusters. When the cause is removed, run `azd hooks run postdeploy`.',
    ].join('\n'),
  );
}

function subscribe() {
  const before = stateOf();
  if (before === 'Failed') {
    console.log('The event subscription is Failed, which Azure does not mend: it is deleted and made anew.');
    const removed = az(['resource', 'delete', '--ids', subscriptionId, '--api-version', API_VERSION]);
    if (!removed.ok) return removed;
  }
  const made = deploy({
    template: 'events',
    scope: ['group'],
    purpose: ['events', subscriptionId],
    target: group,
    parameters: {
      ...Object.fromEntries(Object.entries(names).map(([name, variable]) => [name, environment[variable]])),
      queueName: environment.EVENT_QUEUE_NAME ?? '',
    },
  });
  if (!made.ok) return { ...made, text: explained(made.text) };
  const state = stateOf();
  return state === 'Succeeded' ? { ok: true } : { ok: false, text: `The event subscription is ${state}.` };
}

function stateOf() {
  const { ok, value } = az(['resource', 'show', '--ids', subscriptionId, '--api-version', API_VERSION]);
  return ok ? (value?.properties?.provisioningState ?? 'unknown') : 'not there, or not to be read';
}

function explained(text) {
  const found = lacks.find(([refusal]) => refusal.test(text));
  return found ? `${found[1]}\n${text}` : text;
}
