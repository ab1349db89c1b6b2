// Before each provisioning: makes the subnets that do not exist, as a deployment of its own that `azd down` cannot see. A subnet that
// exists is never put, because a PUT without its network security group and routes would take those off. When it cannot ask which
// exist, it stops, and nothing is provisioned.
import { readFileSync } from 'node:fs';
import { az, deploy, persist, stop } from './az.mjs';

const NETWORK_ID =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([\p{L}\p{N}_.()-]{1,90})\/providers\/Microsoft\.Network\/virtualNetworks\/([\w.-]{1,80})$/iu;

const { parameters } = JSON.parse(readFileSync(new URL('../main.parameters.json', import.meta.url), 'utf8'));
const environment = process.env;
const networkId = parameter('virtualNetworkId');
const subnets = [
  { slot: 'integrationSubnet', name: parameter('integrationSubnetName'), variable: 'APP_SUBNET_PREFIX' },
  { slot: 'endpointSubnet', name: parameter('endpointSubnetName'), variable: 'STORAGE_SUBNET_PREFIX' },
].map((subnet) => ({ ...subnet, prefix: environment[subnet.variable] ?? '' }));
const integrated = !/^(false|f|0)$/i.test(parameter('virtualNetworkIntegration'));
if (!integrated || networkId === '' || subnets.every(({ prefix }) => prefix === '')) {
  console.log('No subnet is to be made.');
  process.exit(0);
}

const [, subscription, group, network] =
  NETWORK_ID.exec(networkId) ?? end(`VNET_ID is not the resource ID of a virtual network: ${networkId}`);
const existing = await namesOfSubnets();
const missing = subnets.filter(({ name }) => !existing.has(name.toLowerCase()));
for (const { name, prefix, variable } of missing) {
  if (prefix === '') end(`The subnet ${name} does not exist, and ${variable} names no range to make it in.`);
}
for (const { name } of subnets.filter((subnet) => !missing.includes(subnet))) {
  console.log(`The subnet ${name} exists and stays as it is.`);
}
if (missing.length > 0) await make();

/** The value of a parameter of main.bicep, with the default of main.parameters.json, as azd fills it in. */
function parameter(name) {
  const [, variable, fallback] = /^\$\{(\w+)=(.*)\}$/.exec(parameters[name].value);
  return environment[variable] || fallback;
}

/** `name=value`, comma-separated, as main.bicep reads it: a policy that demands tags demands them of the security group too. */
function tagsOf(text) {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0], pair.split('=').slice(1).join('=')]));
}

/** Names are compared without case, as Azure does. */
async function namesOfSubnets() {
  const { ok, value, text } = await persist(
    () =>
      az([
        ...['network', 'vnet', 'subnet', 'list', '--subscription', subscription],
        ...['--resource-group', group, '--vnet-name', network],
      ]),
    { limitSeconds: 30, everySeconds: 10 },
  );
  if (ok && Array.isArray(value)) return new Set(value.map(({ name }) => name.toLowerCase()));
  if (/\b(ResourceNotFound|ResourceGroupNotFound)\b/.test(text)) {
    end(`The virtual network does not exist; correct VNET_ID: ${networkId}\n${text}`);
  }
  return end(
    [
      `Could not ask which subnets exist in ${networkId}.`,
      text ?? 'The Azure CLI printed something else than a list of subnets.',
      'This needs `az login`, and the right Microsoft.Network/virtualNetworks/subnets/read.',
    ].join('\n'),
  );
}

async function make() {
  const names = missing.map(({ name }) => name).join(' and ');
  console.log(`Making ${names} in ${network}.`);
  const { ok, text } = await persist(
    () =>
      deploy({
        template: 'network',
        scope: ['group'],
        purpose: ['network', networkId],
        target: ['--subscription', subscription, '--resource-group', group],
        parameters: {
          virtualNetworkName: network,
          location: environment.AZURE_LOCATION,
          ...Object.fromEntries(
            missing.flatMap(({ slot, name, prefix }) => [
              [`${slot}Name`, name],
              [`${slot}Prefix`, prefix],
            ]),
          ),
          tags: tagsOf(parameter('tags')),
          networkSecurityGroupId: environment.SUBNET_NSG_ID ?? '',
          routeTableId: environment.ROUTE_TABLE_ID ?? '',
        },
      }),
    { limitSeconds: 120, everySeconds: 20 },
  );
  if (ok) return;
  end(
    [
      `Could not make ${names}.`,
      text,
      'This needs Network Contributor on the virtual network and its resource group; or let its owner deploy infra/compiled/network.json.',
    ].join('\n'),
  );
}

function end(text) {
  return stop(`${text}\nNothing has been provisioned.`);
}
