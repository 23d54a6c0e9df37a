import { Box, Text, useComputedColorScheme } from '@mantine/core';
import { Controls, MarkerType, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { texts } from '../texts.ts';
import type { Explanation } from './question.ts';
import { type PlacedWay, placed, reasonGraph, type Tone } from './reason-graph.ts';
import type { RuleLookedAt } from './rules-looked-at.ts';
import { StepCard, type StepNode, sizeOf, toneColors } from './StepCard.tsx';
import { type WayEdge, WayLine } from './WayLine.tsx';

/** More ways than these are no picture any more; the list has all of them. */
const mostWays: Readonly<Record<Tone, number>> = { grants: 12, fails: 8, pale: 8 };
const nodeTypes = { step: StepCard };
const edgeTypes = { way: WayLine };
const [lowest, highest] = [220, 560];

interface ReasonsPictureProps {
  readonly answer: Explanation;
  readonly rules: readonly RuleLookedAt[];
}

/** The ways from the principal to the permission as a graph that one can move and enlarge, by mouse, finger and keyboard. */
export function ReasonsPicture({ answer, rules }: ReasonsPictureProps) {
  const colorMode = useComputedColorScheme('light');
  const [flow, setFlow] = useState<ReactFlowInstance<StepNode, WayEdge> | null>(null);
  const { nodes, edges, inSight, height, left } = useMemo(() => drawn(answer, rules), [answer, rules]);
  return (
    <>
      <Box
        h={Math.min(highest, Math.max(lowest, height + 40))}
        style={{ border: '1px solid var(--mantine-color-default-border)' }}
      >
        <ReactFlow
          key={nodes.map(({ id }) => id).join()}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          colorMode={colorMode}
          onInit={setFlow}
          fitView
          fitViewOptions={{ maxZoom: 1, minZoom: 0.5, nodes: inSight }}
          minZoom={0.1}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          edgesFocusable={false}
          preventScrolling={false}
          zoomOnScroll={false}
          proOptions={{ hideAttribution: true }}
          tabIndex={0}
          aria-label={texts.reasons.label}
          ariaLabelConfig={texts.reasons.controls}
          onKeyDown={(event) => moveByKey(event, flow)}
        >
          <Controls showInteractive={false} />
        </ReactFlow>
      </Box>
      <Text size="xs" c="dimmed">
        {left > 0 && `${texts.reasons.left(left)} `}
        {texts.reasons.keys}
      </Text>
    </>
  );
}

function drawn(answer: Explanation, rules: readonly RuleLookedAt[]) {
  const ofTone = Map.groupBy(rules, ({ tone }) => tone);
  const shown = [...ofTone].flatMap(([tone, all]) => all.slice(0, mostWays[tone]));
  const { steps, ways, height } = placed(reasonGraph(answer, shown), sizeOf);
  const nodes: StepNode[] = steps.map(({ step, x, y, size }) => ({
    id: step.id,
    type: 'step',
    position: { x, y },
    ...size,
    // Nobody drags them, but their links are clicked.
    style: { pointerEvents: 'all' },
    data: { step },
  }));
  // A large picture opens at what matters, and can still be read.
  const tone = (['grants', 'fails', 'pale'] as const).find((each) => ofTone.has(each));
  const inSight = height > 2 * highest ? nodes.filter(({ data }) => data.step.tone === tone) : nodes;
  return { nodes, inSight, edges: ways.map(edgeOf), height, left: rules.length - shown.length };
}

function edgeOf({ from, to, tone, through }: PlacedWay): WayEdge {
  const color = toneColors[tone];
  return {
    id: `${from} → ${to}`,
    type: 'way',
    source: from,
    target: to,
    data: { through },
    style: {
      stroke: color,
      strokeWidth: tone === 'grants' ? 2.5 : 1,
      strokeDasharray: tone === 'grants' ? 'none' : '4 4',
    },
    markerEnd: { type: MarkerType.ArrowClosed, color },
  };
}

const step = 60;
const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [step, 0],
  ArrowRight: [-step, 0],
  ArrowUp: [0, step],
  ArrowDown: [0, -step],
};

/** Arrows move the picture, plus and minus enlarge it, 0 shows all of it. */
function moveByKey(event: KeyboardEvent, flow: ReactFlowInstance<StepNode, WayEdge> | null): void {
  if (flow === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const move = moves[event.key];
  if (move !== undefined) {
    const { x, y, zoom } = flow.getViewport();
    void flow.setViewport({ x: x + move[0], y: y + move[1], zoom });
  } else if (event.key === '+' || event.key === '=') void flow.zoomIn();
  else if (event.key === '-') void flow.zoomOut();
  else if (event.key === '0') void flow.fitView({ maxZoom: 1 });
  else return;
  event.preventDefault();
}
