import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A modal dialog of the browser's own: it keeps the focus inside, and Escape closes it. */
export function Dialog(options: {
  title: string;
  close: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const { title, close, children } = options;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={close}>
      <div class="dialog-title">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="plain" onClick={close} aria-label="Close">
          ✕
        </button>
      </div>
      {children}
    </dialog>
  );
}
