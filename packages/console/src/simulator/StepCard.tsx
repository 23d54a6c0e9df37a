import { Anchor, Code, Paper, Text, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { texts } from '../texts.ts';
import type { Size, Step, Tone } from './reason-graph.ts';
import type { RuleLookedAt } from './rules-looked-at.ts';

export type StepNode = Node<{ readonly step: Step }, 'step'>;

export const toneColors: Readonly<Record<Tone, string>> = {
  grants: 'var(--mantine-color-teal-7)',
  fails: 'var(--mantine-color-orange-7)',
  pale: 'var(--mantine-color-gray-6)',
};

const widths: Readonly<Record<Step['kind'], number>> = {
  principal: 160,
  group: 160,
  policy: 170,
  rule: 190,
  sets: 200,
  permission: 200,
};
/** Permission sets that are named; the page of the policy has all. */
const mostSets = 3;

/** Cards have one size for what they hold, so that they can be placed before they are drawn. */
export function sizeOf(step: Step): Size {
  const lines = linesOf(step);
  return { width: widths[step.kind], height: 34 + 20 * lines };
}

function linesOf(step: Step): number {
  if (step.kind === 'sets') return Math.max(1, Math.min(step.names.length, mostSets + 1));
  if (step.kind !== 'rule') return 1;
  const { clause = '', values, projects } = step.rule;
  const codes =
    Math.min(3, linesFor(clause)) + Math.min(2, linesFor(values === undefined ? '' : JSON.stringify(values)));
  return 2 + codes + (projects.length > 0 ? 1 : 0);
}

/** Some twenty letters of code stand beside each other in a card. */
const linesFor = (code: string): number => Math.ceil(code.length / 20);

/** One step of the way, linked to its page where it has one. */
export function StepCard({ data: { step } }: NodeProps<StepNode>) {
  return (
    <Paper
      withBorder
      h="100%"
      px="xs"
      py={4}
      style={{
        overflow: 'hidden',
        borderColor: toneColors[step.tone],
        borderWidth: step.tone === 'pale' ? 1 : 2,
        borderStyle: step.tone === 'pale' ? 'dashed' : 'solid',
      }}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} style={hidden} />
      <Text size="xs" c="dimmed">
        {texts.reasons.kinds[step.kind]}
      </Text>
      <StepContent step={step} />
      <Handle type="source" position={Position.Right} isConnectable={false} style={hidden} />
    </Paper>
  );
}

/** Lines need them, people do not. */
const hidden = { opacity: 0 } as const;

function StepContent({ step }: { readonly step: Step }) {
  switch (step.kind) {
    case 'principal': {
      const name = step.name || step.key;
      return step.type === 'unknown' ? (
        <OneLine text={name} />
      ) : (
        <PageLink to={`/${step.type}s/${step.key}`} name={name} />
      );
    }
    case 'group':
      return <PageLink to={`/groups/${step.key}`} name={step.name || step.key} />;
    case 'policy':
      return <PageLink to={`/policies/${step.key}`} name={step.name || step.key} />;
    case 'rule':
      return <RuleContent rule={step.rule} />;
    case 'sets':
      return <SetLinks names={step.names} />;
    case 'permission':
      return <OneLine text={step.name} />;
  }
}

function RuleContent({ rule }: { readonly rule: RuleLookedAt }) {
  const { position, outcome, tone, clause, values, projects } = rule;
  return (
    <>
      <OneLine text={texts.simulator.rule(position + 1)} />
      <Text size="sm" fw={600} {...(tone === 'pale' && { c: 'dimmed' })}>
        {outcome.replaceAll('_', ' ')}
      </Text>
      {projects.length > 0 && (
        <OneLine text={`${texts.reasons.elsewhere} ${projects.map(({ id, name }) => name || id).join(', ')}`} />
      )}
      {clause !== undefined && <Lines text={clause} most={3} />}
      {values !== undefined && <Lines text={JSON.stringify(values)} most={2} />}
    </>
  );
}

const SetLinks = ({ names }: { readonly names: readonly string[] }) => (
  <>
    {names.slice(0, mostSets).map((name) => (
      <PageLink key={name} to={`/permission-sets/${encodeURIComponent(name)}`} name={name} />
    ))}
    {names.length > mostSets && <Text size="sm">{texts.reasons.andMore(names.length - mostSets)}</Text>}
  </>
);

const PageLink = ({ to, name }: { readonly to: string; readonly name: string }) => (
  <Anchor component={Link} to={to} size="sm" truncate display="block" title={name}>
    {name}
  </Anchor>
);

const OneLine = ({ text }: { readonly text: string }) => (
  <Text size="sm" truncate title={text}>
    {text}
  </Text>
);

const Lines = ({ text, most }: { readonly text: string; readonly most: number }) => (
  <Tooltip label={text} multiline maw={400} style={{ overflowWrap: 'anywhere' }}>
    <Code
      style={{
        display: '-webkit-box',
        WebkitLineClamp: most,
        WebkitBoxOrient: 'vertical',
        overflow: 'hidden',
        overflowWrap: 'anywhere',
      }}
    >
      {text}
    </Code>
  </Tooltip>
);
