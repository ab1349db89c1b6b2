import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api, Options, Plan, Request } from '../api.ts';
import { FailureNotice, Heading, Notice, Snippet } from '../parts/common.tsx';
import { useAct, useLoaded, useRefused } from '../parts/load.ts';
import { ConnectForm } from './connectForm.tsx';
import { draftOf, requestOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { PlanOf } from './plan.tsx';

interface ConnectOptions {
  readonly api: Api;
  readonly refused: () => void;
}

interface Planned {
  readonly request: Request;
  readonly plan: Plan;
}

/** The form, then the plan of what it asks for, then the run. Nothing is written before the second button. */
export function ConnectView({ api, refused }: ConnectOptions): JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => draftOf(location.hash));
  const [planned, setPlanned] = useState<Planned | null>(null);
  /** Of the last plan, which is no longer shown. */
  const [faults, setFaults] = useState<Plan['problems']>([]);
  const options = useOptions(api, draft, refused);
  const projects = useLoaded(
    async () => [...new Set((await api.list()).connections.flatMap(({ projectId }) => projectId ?? []))],
    () => null,
  );
  const act = useAct();
  const planTitle = useRef<HTMLHeadingElement>(null);
  // The button was at the end of the form, and what breaks comes first in the plan.
  useEffect(() => {
    planTitle.current?.focus({ preventScroll: true });
    if (planned) window.scrollTo(0, 0);
  }, [planned]);
  const showPlan = (): void =>
    void act.run(async () => {
      const request = requestOf(draft);
      setPlanned({ request, plan: await api.plan(request) });
    });
  const changeRequest = (): void => {
    setFaults(planned?.plan.problems ?? []);
    setPlanned(null);
  };
  const connect = (request: Request): void =>
    void act.run(async () => {
      const { id } = await api.connect(request);
      location.hash = `#/connections/${id}`;
    });
  return (
    <>
      <p class="crumbs">
        <a href="#/">Connections</a>
      </p>
      <Heading title="Connect" />
      {act.failure && (
        <FailureNotice
          failure={act.failure}
          title={planned ? 'The run was not started' : 'There is no plan yet'}
        />
      )}
      {planned ? (
        <section class="card" aria-label="The plan">
          <div class="card-title">
            <h2 ref={planTitle} tabIndex={-1}>
              The plan
            </h2>
            <span class="quiet">Nothing is written yet</span>
          </div>
          <PlanOf plan={planned.plan} />
          {planned.plan.problems.length === 0 && !planned.plan.changes && (
            <Notice kind="good" title="Everything is there already">
              <p>To connect writes nothing; it verifies the path again.</p>
            </Notice>
          )}
          <div class="buttons">
            <button
              type="button"
              class="primary"
              disabled={act.busy || planned.plan.problems.length > 0}
              onClick={() => connect(planned.request)}
            >
              Connect
            </button>
            <button type="button" disabled={act.busy} onClick={showPlan}>
              Plan again
            </button>
            <button type="button" onClick={changeRequest}>
              Change the request
            </button>
          </div>
          <details>
            <summary>The same from a script</summary>
            <Snippet what="the command" text={scriptFor(planned.request)} />
          </details>
        </section>
      ) : (
        <ConnectForm
          {...{ draft, setDraft, options, busy: act.busy, submit: showPlan }}
          known={projects.value ?? []}
          faults={act.failure?.problem?.errors ?? faults}
        />
      )}
    </>
  );
}

const none: Options = { projects: null, regions: [], clusters: [], networks: [], incomplete: [] };
const TYPING_MS = 400;

/** What the API offers for what is filled in so far. The form works without it. */
function useOptions(api: Api, { projectId, regionId }: Draft, refused: () => void): Options {
  const [options, setOptions] = useState(none);
  const act = useAct();
  useEffect(() => {
    const query = {
      ...(projectId !== '' && { projectId }),
      ...(projectId !== '' && regionId !== '' && { regionId }),
    };
    let isLate = false;
    const timer = setTimeout(() => {
      void act.run(async () => {
        const found = await api.options(query);
        if (!isLate)
          setOptions((old) => (found.networks.length > 0 ? found : { ...found, networks: old.networks }));
      });
    }, TYPING_MS);
    return () => {
      isLate = true;
      clearTimeout(timer);
    };
  }, [api, projectId, regionId]);
  useRefused(act.failure, refused);
  return options;
}

function scriptFor(request: Request): string {
  return `curl -i '${location.origin}/api/connections' \\
  -H "x-functions-key: $KEY" -H 'content-type: application/json' \\
  -d '${JSON.stringify(request, null, 2)}'`;
}
