// Keeps subnets that exist as they are: a PUT without their network security group and routes would take those off. azd runs this
// before each provisioning. It asks which of the two subnets exist and empties the prefixes of those in the azd environment, because
// subnets.bicep puts no subnet without a prefix. When it cannot ask, it stops, and nothing is provisioned.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { az } from './az.mjs';

const ASK_LIMIT_MS = 120_000;
const NETWORK_ID =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([\p{L}\p{N}_.()-]{1,90})\/providers\/Microsoft\.Network\/virtualNetworks\/([\w.-]{1,80})$/iu;

const { parameters } = JSON.parse(readFileSync(new URL('../main.parameters.json', import.meta.url), 'utf8'));
const networkId = parameter('virtualNetworkId').value;
const subnets = ['integrationSubnet', 'endpointSubnet'].map((subnet) => ({
  name: parameter(`${subnet}Name`).value,
  prefix: parameter(`${subnet}Prefix`),
}));
const integrated = !/^(false|f|0)$/i.test(parameter('virtualNetworkIntegration').value);
if (!integrated || networkId === '' || subnets.every(({ prefix }) => prefix.value === '')) {
  console.log('No subnet is to be made.');
  process.exit(0);
}

const existing = namesOfSubnets(networkId);
for (const { name, prefix } of subnets) {
  if (!existing.has(name.toLowerCase()) && prefix.value === '') {
    stop(`The subnet ${name} is not there, and ${prefix.variable} names no range to make it in.`);
  }
}
const kept = subnets.filter(({ name, prefix }) => existing.has(name.toLowerCase()) && prefix.value !== '');
for (const { name, prefix } of kept) {
  console.log(
    `The subnet ${name} exists and stays as it is: ${prefix.variable} (${prefix.value}) is emptied.`,
  );
}
if (kept.length > 0) empty(kept.map(({ prefix }) => prefix.variable));

/** Variable and value of a parameter, with the default of main.parameters.json, as azd fills it in. */
function parameter(name) {
  const [, variable, fallback] = /^\$\{(\w+)=(.*)\}$/.exec(parameters[name].value);
  return { variable, value: process.env[variable] || fallback };
}

/** Names are compared without case, as Azure does. */
function namesOfSubnets(id) {
  const [, subscription, group, network] =
    NETWORK_ID.exec(id) ?? stop(`VNET_ID is not the resource ID of a virtual network: ${id}`);
  const { status, stdout, stderr, error } = az(
    [
      ...['network', 'vnet', 'subnet', 'list', '--only-show-errors', '--output', 'json'],
      ...['--subscription', subscription, '--resource-group', group, '--vnet-name', network],
    ],
    { encoding: 'utf8', timeout: ASK_LIMIT_MS },
  );
  if (error || status !== 0) stop(couldNotAsk(id, error, stderr));
  try {
    return new Set(JSON.parse(stdout).map(({ name }) => name.toLowerCase()));
  } catch {
    return stop(couldNotAsk(id, undefined, 'Its answer is not a list of subnets.'));
  }
}

/** A network that is not there is no answer either: its subnets could not be made. */
function couldNotAsk(id, error, stderr) {
  if (/\b(ResourceNotFound|ResourceGroupNotFound)\b/.test(stderr)) {
    return `The virtual network does not exist; correct VNET_ID: ${id}\n${stderr.trim()}`;
  }
  const reasons = {
    ENOENT: 'The Azure CLI (az) is not on the PATH.',
    ETIMEDOUT: `No answer within ${ASK_LIMIT_MS / 1000} seconds.`,
  };
  return [
    `Could not ask which subnets exist in ${id}.`,
    (reasons[error?.code] ?? error?.message ?? stderr).trim(),
    'This needs `az login`, and the right Microsoft.Network/virtualNetworks/subnets/read.',
  ].join('\n');
}

function empty(variables) {
  const { AZURE_ENV_NAME: environment } = process.env;
  const { status, error } = spawnSync(
    'azd',
    [
      ...['env', 'set', ...variables.map((variable) => `${variable}=`)],
      ...(environment ? ['--environment', environment] : []),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (error || status !== 0) stop(`Could not empty ${variables.join(' and ')} in the azd environment.`);
}

function stop(text) {
  console.error(`${text}\nNothing has been provisioned.`);
  process.exit(1);
}
