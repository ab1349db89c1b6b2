import { putInto } from '../../kernel/store.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { accessControl } from './access.ts';
import type { AccessControl } from './access.ts';
import { accountControl } from './accounts.ts';
import type { AccountControl } from './accounts.ts';
import { dnsControl } from './dns.ts';
import type { DnsControl } from './dns.ts';
import { endpointControl } from './endpoints.ts';
import type { EndpointControl } from './endpoints.ts';
import { networkControl } from './networks.ts';
import type { NetworkControl } from './networks.ts';
import { troubleControl } from './trouble.ts';
import type { TroubleControl } from './trouble.ts';

/** Seeds the simulator and meddles with it. Each change is saved at once; an unknown ID throws. */
export interface AzureControl
  extends AccountControl, NetworkControl, EndpointControl, DnsControl, AccessControl, TroubleControl {
  /** A copy of the state as of now. */
  snapshot(): AzureState;
  /** Puts a snapshot in the place of the state. */
  restore(state: AzureState): void;
}

export function azureControl(world: World): AzureControl {
  return {
    ...kept(accountControl(world), world),
    ...kept(networkControl(world), world),
    ...kept(endpointControl(world), world),
    ...kept(dnsControl(world), world),
    ...kept(accessControl(world), world),
    ...kept(troubleControl(world), world),
    snapshot() {
      world.settle();
      return structuredClone(world.state);
    },
    restore(state) {
      putInto(world.state, state);
      world.settle();
      world.save();
    },
  };
}

/** The same control, whose every method starts from the present and is saved at its end. */
function kept<Control extends object>(control: Control, world: World): Control {
  return new Proxy(control, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        world.settle();
        const result: unknown = Reflect.apply(member, target, given);
        world.save();
        return result;
      };
    },
  });
}
