import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Sandbox } from '../sandbox.ts';

/** What the actions work on. */
export type Controlled = Pick<
  Sandbox,
  'azure' | 'zilliz' | 'keyVault' | 'identity' | 'privateNetwork' | 'faults' | 'traffic'
> & { readonly clock: Clock };

/** One thing that people or chance do to a simulated service. */
export interface Action {
  readonly service: string;
  readonly name: string;
  /** One line for the list of actions. */
  readonly does: string;
  readonly input: z.ZodType;
  /** Parses the input, does it, and returns the result. Throws a ZodError for a bad input. */
  readonly run: (controlled: Controlled, input: unknown) => unknown;
}

/** Makes the actions of one service; `pick` finds what they are done with. */
export function actionsOf<Target>(service: string, pick: (controlled: Controlled) => Target) {
  return <Input extends z.ZodType>(
    name: string,
    does: string,
    input: Input,
    act: (target: Target, input: z.output<Input>) => unknown,
  ): Action => ({
    service,
    name,
    does,
    input,
    run: (controlled, given) => act(pick(controlled), input.parse(given)),
  });
}
