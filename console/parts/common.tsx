import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConnectionStatus } from '../../src/domain/connection/statusTable.ts';
import type { ShownProblem } from '../../client/client.ts';
import type { ApiError } from '../api.ts';
import { fieldAt, meaningOf, toneOf, withoutRequests } from './words.ts';
import type { Tone } from './words.ts';

/** A state as a word with a mark of its colour. */
export function State({ tone, children }: { tone: Tone; children: ComponentChildren }): JSX.Element {
  return (
    <span class={`state ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {children}
    </span>
  );
}

export function StatusOf({ status }: { status: ConnectionStatus }): JSX.Element {
  return (
    <span title={meaningOf(status)}>
      <State tone={toneOf(status)}>{status}</State>
    </span>
  );
}

export function Copy({ text, what }: { text: string; what: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true));
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={`${copied ? 'Copied' : 'Copy'} ${what}`}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  );
}

/** Something to paste elsewhere. */
export function Snippet({ text, what }: { text: string; what: string }): JSX.Element {
  return (
    <div class="snippet">
      <pre tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <Copy text={text} what={what} />
    </div>
  );
}

export function External({ to, children }: { to: string; children: ComponentChildren }): JSX.Element {
  return (
    <a href={to} target="_blank" rel="noreferrer noopener" class="external">
      {children}
      <span class="hidden"> (opens another site)</span>
    </a>
  );
}

/** Text of the app. A command in it has a line of its own, so that it can be copied. */
function Prose({ text }: { text: string }): JSX.Element {
  const parts = text.split('`').map((part, index) => {
    if (index % 2 === 0) return part;
    return /^(az|dig|curl) /.test(part) ? (
      <Snippet key={index} what="the command" text={part} />
    ) : (
      <code key={index}>{part}</code>
    );
  });
  return <>{parts}</>;
}

export function Remedy({ text, title = 'What to do' }: { text: string; title?: string }): JSX.Element {
  return (
    <div>
      <strong>{title}: </strong>
      <Prose text={withoutRequests(text)} />
    </div>
  );
}

/** The page of a resource in the Azure portal. */
function portalAddress(id: string): string {
  return `https://portal.azure.com/#resource${encodeURI(id)}/overview`;
}

export function Portal({ id, children }: { id: string; children: ComponentChildren }): JSX.Element {
  return <External to={portalAddress(id)}>{children}</External>;
}

export type NoticeKind = 'info' | 'warning' | 'error' | 'good';

export function Notice(options: {
  kind: NoticeKind;
  title: string;
  children?: ComponentChildren;
}): JSX.Element {
  const { kind, title, children } = options;
  return (
    <section class={`notice ${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      <p class="notice-title">{title}</p>
      {children}
    </section>
  );
}

/** What a fault is of: a field of the form, or its place in the request. */
function Place({ pointer, parameter }: Pick<Faults[number], 'pointer' | 'parameter'>): JSX.Element | null {
  const field = fieldAt(pointer);
  if (field !== null) return <strong>{field}: </strong>;
  const place = parameter ?? pointer;
  return place === '' ? null : <code>{place} </code>;
}

type Faults = ShownProblem['errors'];

/** Faults with what to do. What is the same for several is said once, at the end. */
export function FaultList({ faults }: { faults: Faults }): JSX.Element {
  const remedies = [...new Set(faults.map(({ remedy }) => remedy))];
  const [only] = remedies.length === 1 ? remedies : [];
  return (
    <>
      <ul class="roomy">
        {faults.map(({ pointer, parameter, detail, remedy }) => (
          <li key={`${pointer} ${detail}`}>
            <Place {...{ pointer, ...(parameter !== undefined && { parameter }) }} />
            {withoutRequests(detail)}
            {only === undefined && <Remedy text={remedy} />}
          </li>
        ))}
      </ul>
      {only !== undefined && <Remedy text={only} />}
    </>
  );
}

/** A failure with its cause, and what to do. */
function ProblemNotice({ problem, title }: { problem: ShownProblem; title: string }): JSX.Element {
  const { errors, detail, cause, remedy } = problem;
  return (
    <Notice kind="error" title={title}>
      {errors.length > 0 ? <FaultList faults={errors} /> : <p>{detail}</p>}
      <p class="quiet">{cause}</p>
      {errors.length === 0 && <Remedy text={remedy} />}
    </Notice>
  );
}

export function FailureNotice({ failure, title }: { failure: ApiError; title: string }): JSX.Element {
  if (failure.problem)
    return <ProblemNotice problem={failure.problem} title={`${title}: ${failure.problem.title}`} />;
  return (
    <Notice kind="error" title={title}>
      <p>{failure.message}</p>
    </Notice>
  );
}

/** The heading of a view. It takes the focus, so that a screen reader says where one is. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Private Link for Zilliz Cloud`;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <header class="heading">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  );
}

export function Card(options: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="card" aria-label={options.title}>
      <div class="card-title">
        <h2>{options.title}</h2>
        {options.aside}
      </div>
      {options.children}
    </section>
  );
}

export function Waiting({ what }: { what: string }): JSX.Element {
  return (
    <p class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      {what}
    </p>
  );
}
