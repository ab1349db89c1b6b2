import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { readJson } from '../infra/support/template.ts';
import { hubAndSpoke } from './world.ts';

const roleSchema = z.object({ name: z.string(), description: z.string(), actions: z.array(z.string()) });
const modeSchema = z.record(
  z.string(),
  z.object({
    subscription: z.string(),
    endpointGroup: z.string(),
    network: z.string(),
    zoneGroup: z.string(),
  }),
);

/** Which role stands on which scope, by mode. */
export const modes = modeSchema.parse(readJson('infra/roles/modes.json'));

/** The roles as they are deployed, by the name of their file. */
export const roles = new Map(
  readdirSync('infra/roles')
    .filter((file) => file !== 'modes.json')
    .map((file) => [file.replace('.json', ''), roleSchema.parse(readJson(`infra/roles/${file}`))]),
);

export interface Assignment {
  readonly role: string;
  readonly scope: string;
  readonly actions: readonly string[];
}

/** What a deployment for hub and spoke assigns to the app's identity in a mode. */
export function assignmentsOf(mode: string): readonly Assignment[] {
  const slots = modes[mode];
  if (!slots) throw new Error(`There is no mode ${mode}.`);
  const { subscriptions, endpointGroup, zoneGroup, spokeNetwork, hubNetwork } = hubAndSpoke;
  const on = (role: string, scopes: readonly string[]): readonly Assignment[] =>
    scopes.map((scope) => ({ role, scope, actions: roles.get(role)?.actions ?? [] }));
  return [
    ...on(slots.subscription, subscriptions),
    ...on(slots.endpointGroup, [endpointGroup]),
    ...on(slots.network, [spokeNetwork, hubNetwork]),
    ...on(slots.zoneGroup, [zoneGroup]),
  ];
}
