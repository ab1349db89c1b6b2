// Before each provisioning: a deleted vault keeps its name for 90 days, and Azure wants it recovered then, and created otherwise. So
// RECOVER_VAULT is set from what there is, each time anew; it never stays set.
import { az, setInEnvironment } from './az.mjs';

const { AZURE_ENV_NAME, AZURE_LOCATION, AZURE_SUBSCRIPTION_ID, RECOVER_VAULT } = process.env;
const { ok, value, text } = az([
  ...['keyvault', 'list-deleted', '--resource-type', 'vault'],
  ...(AZURE_SUBSCRIPTION_ID ? ['--subscription', AZURE_SUBSCRIPTION_ID] : []),
]);
if (ok && Array.isArray(value)) {
  const recover = String(value.some(isOurs));
  if (recover !== (RECOVER_VAULT || 'false')) {
    console.log(
      `RECOVER_VAULT=${recover}: a deleted vault of this environment ${recover === 'true' ? 'is' : 'is not'} there.`,
    );
    if (!setInEnvironment({ RECOVER_VAULT: recover })) process.exitCode = 1;
  }
} else {
  // Not worth a stop: a vault is rarely deleted, and Azure names the fault.
  console.log(
    `Could not ask for deleted vaults; RECOVER_VAULT stays ${RECOVER_VAULT || 'false'} for this time.\n${text ?? ''}`,
  );
}

function isOurs({ name, properties }) {
  const { tags, location } = properties ?? {};
  const region = (text) => text.replaceAll(' ', '').toLowerCase();
  return (
    name.startsWith('kv-zpl-') &&
    tags?.['azd-env-name'] === AZURE_ENV_NAME &&
    region(location ?? '') === region(AZURE_LOCATION ?? '')
  );
}
