import { BaseEdge, type Edge, type EdgeProps, getBezierPath } from '@xyflow/react';
import type { Point } from './reason-graph.ts';

export type WayEdge = Edge<{ readonly through: readonly Point[] }, 'way'>;

/** A line that bends around what stands between its ends. */
export function WayLine({
  sourceX,
  sourceY,
  sourcePosition,
  targetX,
  targetY,
  targetPosition,
  data,
  style = {},
  markerEnd = '',
}: EdgeProps<WayEdge>) {
  const stops = [...(data?.through ?? []), { x: targetX, y: targetY }];
  let from: Point = { x: sourceX, y: sourceY };
  const path = stops.map((to) => {
    const [part] = getBezierPath({
      sourceX: from.x,
      sourceY: from.y,
      sourcePosition,
      targetX: to.x,
      targetY: to.y,
      targetPosition,
    });
    from = to;
    return part;
  });
  return <BaseEdge path={path.join(' ')} style={style} markerEnd={markerEnd} />;
}
