import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, ConnectionView, Plan } from '../api.ts';
import { FailureNotice, Notice, Snippet } from '../parts/common.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useAct } from '../parts/load.ts';
import { connectAddress } from './draft.ts';
import { PlanOf, PlanRows } from './plan.tsx';

interface ActionsOptions {
  readonly api: Api;
  readonly view: ConnectionView;
  readonly reload: () => Promise<void>;
}

type Opened =
  | { readonly kind: 'drift' | 'disconnect'; readonly plan: Plan }
  | { readonly kind: 'export'; readonly format: 'terraform' | 'bicep'; readonly text: string }
  | { readonly kind: 'cancel' | 'release' };

/** Everything that one can do with a connection. What changes something is asked for twice, or shows its plan. */
export function Actions({ api, view, reload }: ActionsOptions): JSX.Element {
  const { id } = view;
  const [opened, setOpened] = useState<Opened | null>(null);
  const act = useAct();
  const close = (): void => setOpened(null);
  const open = (read: () => Promise<Opened>): void => void act.run(async () => setOpened(await read()));
  const change = (what: 'reconcile' | 'cancel' | 'disconnect' | 'release'): void =>
    void act.run(async () => {
      close();
      await api.change(id, what);
      // Nothing of this app knows a released connection any more.
      if (what === 'release') location.hash = '#/';
      else await reload();
    });
  const showExport = (format: 'terraform' | 'bicep'): void =>
    open(async () => ({ kind: 'export', format, text: await api.export(id, format) }));
  return (
    <>
      <Buttons {...{ view, busy: act.busy, open, setOpened, api, showExport }} />
      {act.failure && <FailureNotice failure={act.failure} title="That was not done" />}
      {opened?.kind === 'cancel' && <CancelDialog {...{ close, confirm: () => change('cancel') }} />}
      {opened?.kind === 'release' && <ReleaseDialog {...{ close, confirm: () => change('release') }} />}
      {opened?.kind === 'drift' && (
        <DriftDialog {...{ plan: opened.plan, close, repair: () => change('reconcile') }} />
      )}
      {opened?.kind === 'export' && <ExportDialog {...{ opened, close, showExport }} />}
      {opened?.kind === 'disconnect' && (
        <DisconnectDialog {...{ view, plan: opened.plan, close, confirm: () => change('disconnect') }} />
      )}
    </>
  );
}

interface ButtonsOptions {
  readonly api: Api;
  readonly view: ConnectionView;
  readonly busy: boolean;
  readonly open: (read: () => Promise<Opened>) => void;
  readonly setOpened: (opened: Opened) => void;
  readonly showExport: (format: 'terraform' | 'bicep') => void;
}

function Buttons({ api, view, busy, open, setOpened, showExport }: ButtonsOptions): JSX.Element {
  const { id, status, final, live, request } = view;
  const isThere = status !== 'disconnected';
  const hasEndpoint = live?.privateEndpoint !== null && live !== null;
  return (
    <div class="buttons" role="group" aria-label="Actions">
      {!final && (
        <button type="button" disabled={busy} onClick={() => setOpened({ kind: 'cancel' })}>
          Cancel the run
        </button>
      )}
      {final && isThere && hasEndpoint && (
        <>
          <button
            type="button"
            disabled={busy}
            onClick={() => open(async () => ({ kind: 'drift', plan: await api.planStored(id, 'reconcile') }))}
          >
            {status === 'connected' ? 'Check for drift' : 'Check and repair'}
          </button>
          <button type="button" disabled={busy} onClick={() => showExport('terraform')}>
            Export
          </button>
          <button type="button" disabled={busy} onClick={() => setOpened({ kind: 'release' })}>
            Release
          </button>
        </>
      )}
      {final && !hasEndpoint && request && (
        <a class="button primary" href={connectAddress(request)}>
          Connect again
        </a>
      )}
      {final && isThere && (
        <button
          type="button"
          class="danger"
          disabled={busy}
          onClick={() =>
            open(async () => ({ kind: 'disconnect', plan: await api.planStored(id, 'disconnect') }))
          }
        >
          Disconnect
        </button>
      )}
      {busy && <span class="spinner" role="status" aria-label="Working" />}
    </div>
  );
}

function CancelDialog({ close, confirm }: { close: () => void; confirm: () => void }): JSX.Element {
  return (
    <Dialog title="Cancel the run?" close={close}>
      <p>
        It stops at once. What it has created stays, and a write that is already sent may still take effect.
        Connect or repair goes on from there, Disconnect removes it.
      </p>
      <div class="buttons">
        <button type="button" class="danger" onClick={confirm}>
          Cancel the run
        </button>
        <button type="button" onClick={close}>
          Let it go on
        </button>
      </div>
    </Dialog>
  );
}

function ReleaseDialog({ close, confirm }: { close: () => void; confirm: () => void }): JSX.Element {
  return (
    <Dialog title="Release the connection?" close={close}>
      <p>
        The marks of this app come off, and nothing else changes: traffic flows on. From then on this app does
        not know the connection, writes no record of new clusters, and repairs nothing. Export it first, to go
        on with Terraform or Bicep.
      </p>
      <div class="buttons">
        <button type="button" class="danger" onClick={confirm}>
          Release
        </button>
        <button type="button" onClick={close}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}

function DriftDialog({
  plan,
  close,
  repair,
}: {
  plan: Plan;
  close: () => void;
  repair: () => void;
}): JSX.Element {
  const isClean = !plan.changes && plan.problems.length === 0;
  return (
    <Dialog title={isClean ? 'No drift' : 'Drift'} close={close}>
      {isClean ? (
        <Notice kind="good" title="Everything is as requested">
          <p>{plan.rows.length} resources were read in Azure and at Zilliz. A repair would write nothing.</p>
        </Notice>
      ) : (
        <p>
          This differs from what was requested. Repair does the rows that are not “keep”, and verifies again.
        </p>
      )}
      <PlanOf plan={{ ...plan, rows: plan.rows.toSorted((a, b) => rank(a) - rank(b)) }} />
      <div class="buttons foot">
        <button
          type="button"
          class={isClean ? undefined : 'primary'}
          onClick={repair}
          disabled={plan.problems.length > 0}
        >
          {isClean ? 'Verify again' : 'Repair'}
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

/** What differs comes first. */
function rank({ action }: Plan['rows'][number]): number {
  return action === 'keep' ? 1 : 0;
}

const fileNames = { terraform: 'main.tf', bicep: 'main.bicep' } as const;

function ExportDialog(options: {
  opened: Extract<Opened, { kind: 'export' }>;
  close: () => void;
  showExport: (format: 'terraform' | 'bicep') => void;
}): JSX.Element {
  const { opened, close, showExport } = options;
  const { format, text } = opened;
  const other = format === 'terraform' ? 'bicep' : 'terraform';
  const save = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = fileNames[format];
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Dialog title={`Export: ${fileNames[format]}`} close={close}>
      <p>What this app owns of the connection, as code. It works without this app.</p>
      <Snippet what={fileNames[format]} text={text} />
      <div class="buttons">
        <button type="button" class="primary" onClick={save}>
          Save {fileNames[format]}
        </button>
        <button type="button" onClick={() => showExport(other)}>
          Show {fileNames[other]}
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function DisconnectDialog(options: {
  view: ConnectionView;
  plan: Plan;
  close: () => void;
  confirm: () => void;
}): JSX.Element {
  const { view, plan, close, confirm } = options;
  const [typed, setTyped] = useState('');
  const going = plan.rows.filter(({ action }) => action !== 'keep');
  const staying = plan.rows.filter(({ action }) => action === 'keep');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed === view.id) confirm();
  };
  return (
    <Dialog title="Disconnect" close={close}>
      <p>
        The private names stop resolving in the linked networks, and open connections end. In reverse order,
        only what this app owns:
      </p>
      <h3>Goes</h3>
      {going.length === 0 ? <p class="quiet">Nothing.</p> : <PlanRows rows={going} />}
      <h3>Stays</h3>
      {staying.length === 0 ? (
        <p class="quiet">Nothing that this connection used.</p>
      ) : (
        <PlanRows rows={staying} />
      )}
      {plan.manualSteps.length > 0 && (
        <>
          <h3>Manual steps</h3>
          <ul class="roomy">
            {plan.manualSteps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ul>
        </>
      )}
      <form class="foot" onSubmit={submit}>
        <label for="confirm">
          To confirm, type <code>{view.id}</code>
        </label>
        <input
          {...{ id: 'confirm', autocomplete: 'off', spellcheck: false }}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value.trim())}
        />
        <div class="buttons">
          <button type="submit" class="danger" disabled={typed !== view.id}>
            Disconnect
          </button>
          <button type="button" onClick={close}>
            Keep it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
