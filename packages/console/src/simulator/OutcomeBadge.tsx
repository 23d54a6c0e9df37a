import { Badge } from '@mantine/core';
import type { Tone } from './reason-graph.ts';
import type { RuleLookedAt } from './rules-looked-at.ts';

const colors: Readonly<Record<Tone, string>> = { grants: 'teal.9', fails: 'red.9', pale: 'gray.7' };

/** What a rule did, in a word and a colour. */
export const OutcomeBadge = ({ outcome, tone }: Pick<RuleLookedAt, 'outcome' | 'tone'>) => (
  <Badge color={colors[tone]}>{outcome.replaceAll('_', ' ')}</Badge>
);
