import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** The page's heading: names the browser's tab, and takes the focus when the page is gone to. */
export function PageHead(props: {
  title: string;
  tab?: string;
  /** Leaves the focus where it is: a page's first field may want it. */
  quiet?: boolean;
  children?: ComponentChildren;
}): JSX.Element {
  const { title, tab = title, quiet = false } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · Steward`;
  }, [tab]);
  useEffect(() => {
    if (!quiet) heading.current?.focus({ preventScroll: true });
  }, [quiet]);
  return (
    <div class="page-head">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {props.children}
    </div>
  );
}
