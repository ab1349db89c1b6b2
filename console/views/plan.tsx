import type { JSX } from 'preact';
import type { Plan } from '../api.ts';
import { Notice, Snippet, State } from '../parts/common.tsx';
import { about, counted, nameOf } from '../parts/words.ts';
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
          <ul class="roomy">
            {problems.map(({ pointer, code, detail, remedy }) => (
              <li key={code + pointer + detail}>
                {pointer !== '' && <code>{pointer}</code>} {detail}
                <br />
                <strong>What to do: </strong>
                {remedy}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <MissingRights permissions={plan.permissions} />
      {others.length > 0 && (
        <Notice kind="warning" title={counted(others.length, 'warning')}>
          <ul class="roomy">
            {others.map(({ code, detail }) => (
              <li key={code + detail}>{detail}</li>
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

function MissingRights({ permissions }: Pick<Plan, 'permissions'>): JSX.Element | null {
  const missing = permissions.filter(({ granted }) => granted === false);
  if (missing.length === 0) return null;
  const scopes = [...new Set(missing.map(({ scope }) => scope))];
  return (
    <Notice kind="error" title="The identity of this app lacks rights">
      {scopes.map((scope) => (
        <div key={scope}>
          <p>
            On <code>{scope}</code>:{' '}
            {missing
              .filter((one) => one.scope === scope)
              .map(({ action }) => action)
              .join(', ')}
          </p>
          <Snippet
            what="the command"
            text={`az role assignment create --assignee-object-id <principal ID of the app> --assignee-principal-type ServicePrincipal \\\n  --role "<role>" --scope ${scope}`}
          />
        </div>
      ))}
      <p class="quiet">The roles are in infra/roles; deploying infra/access.bicep assigns all of them.</p>
    </Notice>
  );
}

export function PlanRows({ rows }: { rows: readonly PlanRow[] }): JSX.Element {
  return (
    <table class="rows stacked" role="table">
      <thead>
        <tr role="row">
          {['Action', 'Resource', 'Name', 'Reason'].map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ action, resource, id, reason, phase, predicted }) => (
          <tr key={phase + resource + id + action} role="row">
            <td role="cell" data-name="Action">
              <State tone={actions[action]?.tone ?? 'grey'}>{actions[action]?.word ?? action}</State>
            </td>
            <td role="cell" data-name="Resource">
              {resource}
            </td>
            <td role="cell" class="main" data-name="Name">
              <code title={id}>{nameOf(id)}</code>
              {predicted && <span class="quiet"> (expected)</span>}
            </td>
            <td role="cell" class="quiet" data-name="Reason">
              {reason}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
