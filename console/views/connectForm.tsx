import type { JSX } from 'preact';
import type { Options } from '../api.ts';
import { Notice } from '../parts/common.tsx';
import { groupOf, nameOf } from '../parts/words.ts';
import { Choice, described, DnsFields, Field, MoreFields, TextField } from './connectFields.tsx';
import type { FieldFault, FieldsOptions } from './connectFields.tsx';
import type { Draft } from './draft.ts';

interface FormOptions {
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly options: Options;
  /** Projects of other connections. */
  readonly known: readonly string[];
  readonly faults: readonly FieldFault[];
  readonly busy: boolean;
  readonly submit: () => void;
}

export function ConnectForm(props: FormOptions): JSX.Element {
  const { draft, setDraft, options, known, faults, busy, submit } = props;
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    submit();
  };
  const fields = { draft, change, options, faults };
  return (
    <form class="card form" onSubmit={onSubmit}>
      {options.incomplete.length > 0 && (
        <Notice kind="info" title="Not everything could be offered: type it in">
          <ul>
            {options.incomplete.map(({ scope, reason }) => (
              <li key={scope + reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
      <fieldset>
        <legend>Zilliz Cloud</legend>
        <TextField
          {...{ ...fields, name: 'projectId', pointer: '/projectId', required: true, list: 'projects' }}
          hint="Zilliz Cloud console → Project settings"
          placeholder="proj-…"
        />
        <datalist id="projects">
          {[...new Set([...(options.projects ?? []), ...known])].map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <RegionField {...fields} />
        <ClusterField {...fields} />
      </fieldset>
      <fieldset>
        <legend>Azure</legend>
        <SubnetField {...fields} />
      </fieldset>
      <DnsFields {...fields} />
      <MoreFields {...fields} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>
          Show the plan
        </button>
        <span class="quiet">Nothing is written yet.</span>
        {busy && <span class="spinner" role="status" aria-label="Planning" />}
      </div>
    </form>
  );
}

function RegionField({ draft, change, options, faults }: FieldsOptions): JSX.Element {
  const { regions } = options;
  const anew = (part: Partial<Draft>): void => change({ ...part, clusters: null });
  const field = {
    name: 'regionId' as const,
    ...{ pointer: '/regionId' as const, faults },
    hint: 'Of the clusters. The network may be in another one.',
  };
  if (regions.length === 0)
    return <TextField {...{ ...field, draft, change: anew, required: true }} placeholder="az-eastus" />;
  return (
    <Field {...field}>
      <select
        {...{ id: 'regionId', required: true, value: draft.regionId, ...described(field) }}
        onChange={(event) => anew({ regionId: event.currentTarget.value })}
      >
        <option value="">Choose</option>
        {regions.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </Field>
  );
}

function ClusterField({ draft, change, options, faults }: FieldsOptions): JSX.Element {
  const { clusters } = options;
  const chosen = draft.clusters;
  const toggle = (id: string, on: boolean): void =>
    change({ clusters: on ? [...(chosen ?? []), id] : (chosen ?? []).filter((other) => other !== id) });
  return (
    <div class="field" role="group" aria-label="Clusters">
      <span class="label">Clusters</span>
      <Choice name="clusters" checked={chosen === null} choose={() => change({ clusters: null })}>
        all of the project and region, also future ones
      </Choice>
      <Choice name="clusters" checked={chosen !== null} choose={() => change({ clusters: [] })}>
        only these
      </Choice>
      {chosen !== null && (
        <>
          {clusters.length > 0 && (
            <div class="choices">
              {clusters.map(({ clusterId, name }) => (
                <label key={clusterId} class="choice">
                  <input
                    type="checkbox"
                    checked={chosen.includes(clusterId)}
                    onChange={(event) => toggle(clusterId, event.currentTarget.checked)}
                  />
                  <span>
                    {name} <code class="quiet">{clusterId}</code>
                  </span>
                </label>
              ))}
            </div>
          )}
          <TextField
            {...{ draft, change, faults, name: 'otherClusters', pointer: '/clusters', rows: 2 }}
            label={clusters.length > 0 ? 'Others, by ID' : 'Cluster IDs'}
            hint="One a line. Zilliz Cloud console → the cluster → Cluster Details"
          />
        </>
      )}
    </div>
  );
}

const OTHER = 'other';

function SubnetField({ draft, change, options, faults }: FieldsOptions): JSX.Element {
  const { networks } = options;
  const isOffered = networks.some(({ subnets }) => subnets.some(({ id }) => id === draft.subnetId));
  const field = { name: 'subnet', pointer: '/subnetId' } as const;
  const isTyped = networks.length === 0 || (draft.subnetId !== '' && !isOffered);
  return (
    <>
      {networks.length > 0 && (
        <Field {...field} faults={isTyped ? [] : faults}>
          <select
            {...{ id: field.name, required: true, value: isTyped ? OTHER : draft.subnetId }}
            {...(isTyped ? {} : described({ ...field, faults }))}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change({ subnetId: value === OTHER ? '/subscriptions/' : value });
            }}
          >
            <option value="">Choose</option>
            {networks.map(({ id, location, subnets }) => (
              <optgroup key={id} label={`${nameOf(id)} (${groupOf(id) ?? ''}, ${location})`}>
                {subnets.map((subnet) => (
                  <option key={subnet.id} value={subnet.id} disabled={subnet.delegations.length > 0}>
                    {nameOf(subnet.id)} {subnet.addressPrefixes.join(', ')}
                    {subnet.delegations.length > 0 && ' (delegated)'}
                  </option>
                ))}
              </optgroup>
            ))}
            <option value={OTHER}>Another, by its resource ID</option>
          </select>
        </Field>
      )}
      {isTyped && (
        <TextField
          {...{ draft, change, faults, name: 'subnetId', pointer: field.pointer, required: true }}
          label="Resource ID of the subnet"
          hint="Azure portal: the virtual network → Subnets, or az network vnet subnet show --query id"
          placeholder="/subscriptions/…/virtualNetworks/…/subnets/…"
        />
      )}
    </>
  );
}
