// After each provisioning: gives the app its roles outside our resource group, one deployment in each subscription concerned, and waits
// until its roles on the storage act, because the first deployment of code fails before.
import { readFileSync } from 'node:fs';
import {
  az,
  deploy,
  deploymentName,
  parameterFile,
  persist,
  required,
  setInEnvironment,
  stop,
} from './az.mjs';

const TEN_MINUTES = { limitSeconds: 600, everySeconds: 20 };
/** Azure names ten minutes as the most; what is younger than five is seen to be refused. */
const ROLES_ACT_AFTER_MS = 5 * 60_000;

const environment = required([
  'ACCESS_PARAMETERS',
  'APP_PRINCIPAL_ID',
  'AZURE_LOCATION',
  'AZURE_RESOURCE_GROUP',
  'AZURE_SUBSCRIPTION_ID',
  'STORAGE_ACCOUNT_NAME',
]);
if (environment.RECOVER_VAULT === 'true') setInEnvironment({ RECOVER_VAULT: 'false' });

const mode = environment.ACCESS_MODE || 'disconnect';
const parameters = {
  ...JSON.parse(environment.ACCESS_PARAMETERS),
  mode: mode === 'none' ? 'disconnect' : mode,
  roles: environment.ACCESS_ROLES || 'custom',
  discovery: environment.ACCESS_DISCOVERY || 'subscription',
};
const { endpointResourceGroupId, zoneResourceGroupId, virtualNetworkIds } = parameters;
const scopes = [endpointResourceGroupId, zoneResourceGroupId, ...virtualNetworkIds];
const subscriptions = [...new Set(scopes.map((id) => id.split('/')[2].toLowerCase()))];

if (mode === 'none') handOver(subscriptions);
else await giveRoles();
await waitForStorageRoles();

async function giveRoles() {
  const refused = [];
  for (const subscription of subscriptions) {
    const { ok, text } = await persist(async () => {
      const result = deploy({
        template: 'access',
        scope: ['sub'],
        purpose: accessIn(subscription),
        target: ['--subscription', subscription, '--location', environment.AZURE_LOCATION],
        parameters,
      });
      // A right that is missing does not come by waiting; an identity that Entra does not know yet does.
      return {
        ...result,
        lasting: result.lasting || /AuthorizationFailed|InvalidAuthenticationTokenTenant/.test(result.text),
      };
    }, TEN_MINUTES);
    if (ok) console.log(`The app has its roles in the subscription ${subscription}.`);
    else refused.push({ subscription, text });
  }
  if (refused.length === 0) return;
  for (const { subscription, text } of refused)
    console.error(`No roles in the subscription ${subscription}:\n${text}`);
  handOver(refused.map(({ subscription }) => subscription));
  const own = environment.AZURE_SUBSCRIPTION_ID.toLowerCase();
  // Roles in a hub are often given by another team, later: the app can be deployed, and its plan names what is missing.
  if (refused.some(({ subscription, text }) => subscription === own || !/AuthorizationFailed/.test(text))) {
    stop(
      'Custom roles need Owner or User Access Administrator there; ACCESS_ROLES=built-in needs Role Based Access Control Administrator.',
    );
  }
}

/** What the deployment in a subscription is named after. */
function accessIn(subscription) {
  return ['access', subscription, parameters.suffix];
}

/** Everything that the owner of a subscription needs to give the roles. */
function handOver(ids) {
  console.log(
    [
      'For the owner of each subscription: save this as access.parameters.json,',
      JSON.stringify(parameterFile(parameters)),
      'and run with infra/compiled/access.json of this version:',
      ...ids.map(
        (id) =>
          `az deployment sub create --subscription ${id} --location ${environment.AZURE_LOCATION} --name ${deploymentName(accessIn(id))} --template-file access.json --parameters @access.parameters.json`,
      ),
    ].join('\n'),
  );
}

/** Waits by the time of assignment that Azure shows, so that only a new deployment waits. */
async function waitForStorageRoles() {
  const scope = `/subscriptions/${environment.AZURE_SUBSCRIPTION_ID}/resourceGroups/${environment.AZURE_RESOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/${environment.STORAGE_ACCOUNT_NAME}`;
  const needed = storageRoles();
  const { ok, text } = await persist(
    () => {
      const listed = az([
        ...['role', 'assignment', 'list', '--scope', scope],
        ...['--subscription', environment.AZURE_SUBSCRIPTION_ID],
      ]);
      if (!listed.ok) return listed;
      const of = (listed.value ?? []).filter(
        ({ principalId }) => principalId === environment.APP_PRINCIPAL_ID,
      );
      const found = needed.map((id) => of.find(({ roleDefinitionId }) => roleDefinitionId.endsWith(id)));
      const absent = found.filter((assignment) => !assignment).length;
      if (absent > 0)
        return {
          ok: false,
          text: `${absent} of ${needed.length} roles of the app on its storage do not show yet.`,
        };
      const youngest = Math.max(...found.map(({ createdOn }) => Date.parse(createdOn) || 0));
      return Date.now() - youngest >= ROLES_ACT_AFTER_MS
        ? { ok: true }
        : {
            ok: false,
            text: 'The roles of the app on its storage are younger than five minutes, and may not act yet.',
          };
    },
    { limitSeconds: 900, everySeconds: 20 },
  );
  if (ok) return;
  stop(
    [
      'The roles of the app on its storage do not act, or cannot be read:',
      text,
      'Deploying now would end in InaccessibleStorageException. Run `azd provision` again in ten minutes, then `azd deploy`.',
    ].join('\n'),
  );
}

/** The IDs of the three roles that the Functions host needs. */
function storageRoles() {
  const text = readFileSync(new URL('../modules/roleIds.bicep', import.meta.url), 'utf8');
  const names = ['storageBlobDataOwner', 'storageQueueDataContributor', 'storageTableDataContributor'];
  return names.map((name) => new RegExp(`var ${name} = '([0-9a-f-]{36})'`).exec(text)[1]);
}
