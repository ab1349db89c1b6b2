import type { JSX } from 'preact';
import type { Options } from '../api.ts';
import { Notice } from '../parts/common.tsx';
import { groupOf, nameOf } from '../parts/words.ts';
import { Choice, DnsFields, Field, MoreFields } from './connectFields.tsx';
import type { FieldsOptions } from './connectFields.tsx';
import type { Draft } from './draft.ts';

interface FormOptions {
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly options: Options;
  /** Projects of other connections. */
  readonly known: readonly string[];
  readonly busy: boolean;
  readonly submit: () => void;
}

export function ConnectForm({ draft, setDraft, options, known, busy, submit }: FormOptions): JSX.Element {
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    submit();
  };
  const fields = { draft, change, options };
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
        <Field name="projectId" label="Project ID" hint="Zilliz Cloud console → Project settings">
          <input
            {...{ id: 'projectId', required: true, list: 'projects', autocomplete: 'off', spellcheck: false }}
            placeholder="proj-…"
            value={draft.projectId}
            onInput={(event) => change({ projectId: event.currentTarget.value.trim() })}
          />
          <datalist id="projects">
            {[...new Set([...(options.projects ?? []), ...known])].map((id) => (
              <option key={id} value={id} />
            ))}
          </datalist>
        </Field>
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

function RegionField({ draft, change, options }: FieldsOptions): JSX.Element {
  const { regions } = options;
  const set = (regionId: string): void => change({ regionId, clusters: null });
  return (
    <Field name="regionId" label="Region" hint="Of the clusters. The network may be in another one.">
      {regions.length > 0 ? (
        <select
          id="regionId"
          required
          value={draft.regionId}
          onChange={(event) => set(event.currentTarget.value)}
        >
          <option value="">Choose</option>
          {regions.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...{
            id: 'regionId',
            required: true,
            placeholder: 'az-eastus',
            autocomplete: 'off',
            spellcheck: false,
          }}
          value={draft.regionId}
          onInput={(event) => set(event.currentTarget.value.trim())}
        />
      )}
    </Field>
  );
}

function ClusterField({ draft, change, options }: FieldsOptions): JSX.Element | null {
  const { clusters } = options;
  const chosen = draft.clusters;
  if (clusters.length === 0 && chosen === null) return null;
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
    </div>
  );
}

const OTHER = 'other';

function SubnetField({ draft, change, options }: FieldsOptions): JSX.Element {
  const { networks } = options;
  const isOffered = networks.some(({ subnets }) => subnets.some(({ id }) => id === draft.subnetId));
  const isTyped = networks.length === 0 || (draft.subnetId !== '' && !isOffered);
  return (
    <>
      {networks.length > 0 && (
        <Field name="subnet" label="Subnet for the private endpoint">
          <select
            id="subnet"
            required
            value={isTyped ? OTHER : draft.subnetId}
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
        <Field
          name="subnetId"
          label="Resource ID of the subnet"
          hint="Azure portal: the virtual network → Subnets, or az network vnet subnet show --query id"
        >
          <input
            {...{ id: 'subnetId', required: true, autocomplete: 'off', spellcheck: false }}
            placeholder="/subscriptions/…/virtualNetworks/…/subnets/…"
            value={draft.subnetId}
            onInput={(event) => change({ subnetId: event.currentTarget.value })}
          />
        </Field>
      )}
    </>
  );
}
