// After a deployment of code: where CONNECTIONS declares connections, the first sweep begins now instead of within a quarter of an hour.
import { az, persist } from './az.mjs';

const LIMIT = { limitSeconds: 180, everySeconds: 15 };
const ANSWER_MS = 30_000;
const {
  API_URL = '',
  AZURE_RESOURCE_GROUP = '',
  AZURE_SUBSCRIPTION_ID = '',
  CONNECTIONS = '',
  FUNCTION_APP_NAME = '',
} = process.env;

if (CONNECTIONS.trim() === '' || CONNECTIONS.trim() === '[]') process.exit(0);

const { ok, text } = await persist(sweep, LIMIT);
// No failure of the deployment: the sweep comes by itself.
console.log(
  ok
    ? 'The declared connections are being started; GET /api/connections shows them.'
    : `The declared connections start with the next sweep, within a quarter of an hour. Now they could not be started: ${text}`,
);

async function sweep() {
  const keys = az([
    ...['functionapp', 'keys', 'list', '--name', FUNCTION_APP_NAME],
    ...['--resource-group', AZURE_RESOURCE_GROUP, '--subscription', AZURE_SUBSCRIPTION_ID],
  ]);
  if (!keys.ok) return keys;
  try {
    const { status } = await fetch(new URL('/admin/functions/sweep', API_URL), {
      method: 'POST',
      headers: { 'x-functions-key': keys.value?.masterKey ?? '', 'content-type': 'application/json' },
      body: '{"input":""}',
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return status === 202 ? { ok: true } : { ok: false, text: `the app answered ${status}.` };
  } catch {
    // With network: "private" it is reachable from the virtual network only.
    return { ok: false, text: 'the app cannot be reached from here.' };
  }
}
