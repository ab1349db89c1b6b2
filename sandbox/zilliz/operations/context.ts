import type { Call, Operation, Reply } from '../../kernel/operation.ts';
import { authenticate, openProject } from '../access.ts';
import type { KeyState, ProjectState } from '../state.ts';
import type { World } from '../world.ts';

/** An operation before it has a name: method, path, and what it returns to a caller with a good key. */
interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly answer: (call: Call, key: KeyState) => Reply;
}

/** An operation for callers with a good API key. */
export function operation(world: World, { name, method, path, answer }: Route): Operation {
  return {
    name: `zilliz.${name}`,
    method,
    path,
    write: method !== 'GET',
    handle(call) {
      const caller = authenticate(world.state, call);
      return 'refused' in caller ? caller.refused : answer(call, caller.key);
    },
  };
}

/** An operation on the project in the path, for keys that may use it so. */
export function projectOperation(
  world: World,
  route: Omit<Route, 'answer'> & {
    readonly purpose: 'read' | 'manage';
    readonly answer: (call: Call, project: ProjectState) => Reply;
  },
): Operation {
  return operation(world, {
    ...route,
    answer(call, key) {
      const opened = openProject(world.state, key, call.params.projectId ?? '', route.purpose);
      return 'refused' in opened ? opened.refused : route.answer(call, opened.project);
    },
  });
}
