import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface StateLinkProps {
  readonly to: string;
  /** What the address says beside the page. */
  readonly search: Readonly<Record<string, string>>;
  readonly label?: string;
  readonly children: ReactNode;
}

/** A link to a state of a page. */
export const StateLink = ({ to, search, label, children }: StateLinkProps) => (
  <Anchor
    size="sm"
    renderRoot={(props) => <Link {...props} to={to} search={search} />}
    {...(label !== undefined && { 'aria-label': label })}
  >
    {children}
  </Anchor>
);
