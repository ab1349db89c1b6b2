// The runner of the whole app's tests has no time limit, so that one test that hangs would hold up all: here each gets one.
import { addEventHandler } from 'jest-circus';

const LIMIT_MS = 60_000;

addEventHandler((event, { currentDescribeBlock: { children, hooks } }) => {
  const added =
    event.name === 'add_test' ? children.at(-1) : event.name === 'add_hook' ? hooks.at(-1) : undefined;
  if (added && 'fn' in added) added.fn = limited(added.fn, added.timeout ?? LIMIT_MS);
});

function limited(run: (...none: never[]) => unknown, limitMs: number): () => Promise<void> {
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new Error(`Not done within ${limitMs / 1000} s.`));
      timer = setTimeout(refuse, limitMs);
    });
    try {
      await Promise.race([Reflect.apply(run, undefined, []), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
