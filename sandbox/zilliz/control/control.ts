import { putInto } from '../../kernel/store.ts';
import type { ZillizState } from '../state.ts';
import type { Upkeep } from '../upkeep.ts';
import type { World } from '../world.ts';
import { accountControl } from './accounts.ts';
import type { AccountControl } from './accounts.ts';
import { clusterControl } from './clusters.ts';
import type { ClusterControl } from './clusters.ts';
import { endpointControl } from './endpoints.ts';
import type { EndpointControl } from './endpoints.ts';

/** Seeds the simulator and meddles with it. Each change is saved at once; an unknown ID throws. */
export interface ZillizControl extends AccountControl, ClusterControl, EndpointControl {
  /** A copy of the state as of now. */
  snapshot(): ZillizState;
  /** Puts a snapshot in the place of the state. */
  restore(state: ZillizState): void;
}

export function zillizControl(world: World, upkeep: Upkeep): ZillizControl {
  return {
    ...kept(accountControl(world), upkeep),
    ...kept(endpointControl(world), upkeep),
    ...kept(clusterControl(world), upkeep),
    snapshot() {
      upkeep.refresh();
      return structuredClone(world.state);
    },
    restore(state) {
      putInto(world.state, state);
      upkeep.changed();
    },
  };
}

/** The same control, whose every method starts from the present and is saved at its end. */
function kept<Control extends object>(control: Control, { refresh, changed }: Upkeep): Control {
  return new Proxy(control, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        refresh();
        const result: unknown = Reflect.apply(member, target, given);
        changed();
        return result;
      };
    },
  });
}
