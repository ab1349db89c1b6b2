import type { ComponentChildren, JSX } from 'preact';
import type { Plan } from '../api.ts';
import { FaultList, Notice, State } from '../parts/common.tsx';
import { about, counted, nameOf, withoutRequests } from '../parts/words.ts';
import type { Tone } from '../parts/words.ts';

type PlanRow = Plan['rows'][number];

const actions: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  create: { word: 'create', tone: 'blue' },
  adopt: { word: 'take over', tone: 'blue' },
  keep: { word: 'keep', tone: 'grey' },
  update: { word: 'change', tone: 'amber' },
  tag: { word: 'mark', tone: 'amber' },
  delete: { word: 'remove', tone: 'red' },
  wait: { word: 'wait', tone: 'grey' },
  manual: { word: 'by hand', tone: 'amber' },
  conflict: { word: 'conflict', tone: 'red' },
};

/** A plan before anything is written: what breaks comes first, then what is missing, then what would be done. */
export function PlanOf({ plan }: { plan: Plan }): JSX.Element {
  const { problems, warnings, hiddenNames, rows, cost, expectedSeconds } = plan;
  const others = warnings.filter(({ code }) => code !== 'names-hidden');
  return (
    <>
      <HiddenNames names={hiddenNames} />
      {problems.length > 0 && (
        <Notice kind="error" title={`${counted(problems.length, 'problem')} to solve first`}>
          <FaultList faults={problems} />
        </Notice>
      )}
      {others.length > 0 && (
        <Notice kind="warning" title={counted(others.length, 'warning')}>
          <ul class="roomy">
            {others.map(({ code, detail }) => (
              <li key={code + detail}>{withoutRequests(detail)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {plan.changes && (
        <dl class="figures">
          <div>
            <dt>Changes</dt>
            <dd>{rows.filter(({ action, unread }) => action !== 'keep' && !unread).length}</dd>
          </div>
          {cost.perMonth > 0 && (
            <div>
              <dt>Cost a month</dt>
              <dd title={cost.note}>
                {cost.perMonth.toFixed(2)} {cost.currency}
              </dd>
            </div>
          )}
          <div>
            <dt>Takes about</dt>
            <dd>{about(expectedSeconds)}</dd>
          </div>
        </dl>
      )}
      <PlanRows rows={rows} />
      {cost.perMonth > 0 && <p class="quiet">{cost.note}</p>}
      <Checks plan={plan} />
    </>
  );
}

function HiddenNames({ names }: { names: readonly string[] }): JSX.Element | null {
  if (names.length === 0) return null;
  return (
    <Notice
      kind="warning"
      title={`${counted(names.length, 'public name')} would stop resolving in the linked networks`}
    >
      <p>
        Inside a linked network the zone of the region replaces public DNS for every name of the region, and
        it has no record for these. Programs there that use them fail as soon as the network is linked:
      </p>
      <ul class="names">
        {names.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
      <p>
        <strong>What to do: </strong>choose the DNS layout “a zone for each cluster”, which hides no name, or
        move those programs to the private addresses first.
      </p>
    </Notice>
  );
}

const found = {
  held: { word: 'held', tone: 'grey', detail: '' },
  missing: { word: 'missing', tone: 'red', detail: 'the identity of the app lacks it' },
  unknown: {
    word: 'could not ask',
    tone: 'amber',
    detail: 'whether the identity of the app has it is not known',
  },
  denied: { word: 'denied', tone: 'red' },
  'could-not-ask': { word: 'could not ask', tone: 'amber' },
  'nothing-found-from-here': { word: 'nothing found from here', tone: 'grey' },
} as const;

function rightOf(granted: boolean | null): 'held' | 'missing' | 'unknown' {
  if (granted === null) return 'unknown';
  return granted ? 'held' : 'missing';
}

/** What was asked of Azure before the first write: rights of the app, subscriptions, locks and policies. */
function Checks({ plan: { permissions, guards } }: { plan: Plan }): JSX.Element | null {
  const rights = permissions.map(({ action, scope, granted }) => ({
    ...{ kind: 'right', scope, what: action, ...found[rightOf(granted)] },
  }));
  const others = guards.map(({ guard, scope, resource, result, detail }) => ({
    ...{ kind: guard, scope, what: resource, ...found[result], detail },
  }));
  const held = rights.filter(({ word }) => word === 'held').length;
  const rows = [...rights.filter(({ word }) => word !== 'held'), ...others];
  if (permissions.length + guards.length === 0) return null;
  return (
    <details open={rows.some(({ tone }) => tone !== 'grey')}>
      <summary>
        What could refuse it: {held} of {counted(permissions.length, 'right')} held,{' '}
        {counted(guards.filter(({ result }) => result === 'denied').length, 'denial')} by subscriptions, locks
        and policies
      </summary>
      <Table
        columns={['Result', 'Check', 'Of', 'At']}
        rows={rows.map(({ kind, scope, what, detail, word, tone }) => ({
          key: kind + scope + what,
          cells: [
            <State tone={tone}>{word}</State>,
            kind,
            <>
              <code>{what}</code> <span class="quiet">{detail}</span>
            </>,
            <code title={scope}>{nameOf(scope)}</code>,
          ],
        }))}
      />
      <p class="quiet">
        Nothing found is no promise: policies of management groups and deny assignments do not show from here.
      </p>
    </details>
  );
}

export function PlanRows({ rows }: { rows: readonly PlanRow[] }): JSX.Element {
  return (
    <Table
      columns={['Action', 'Resource', 'Name', 'Reason']}
      rows={rows.map(({ action, resource, id, reason, phase, predicted }) => ({
        key: phase + resource + id + action,
        cells: [
          <State tone={actions[action]?.tone ?? 'grey'}>{actions[action]?.word ?? action}</State>,
          resource,
          <>
            <code title={id}>{nameOf(id)}</code>
            {predicted && <span class="quiet"> (expected)</span>}
          </>,
          <span class="quiet">{reason}</span>,
        ],
      }))}
    />
  );
}

/** The third column is the one that is not narrow. */
function Table(options: {
  columns: readonly string[];
  rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[];
}): JSX.Element {
  const { columns, rows } = options;
  return (
    <table class="rows stacked" role="table">
      <thead>
        <tr role="row">
          {columns.map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key} role="row">
            {cells.map((cell, index) => (
              <td
                key={columns[index]}
                role="cell"
                class={index === 2 ? 'main' : ''}
                data-name={columns[index]}
              >
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
