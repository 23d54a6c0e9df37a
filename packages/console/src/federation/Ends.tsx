import { Badge, Tooltip } from '@mantine/core';
import { fullTime, timeAgo } from '../components/format.ts';
import { Value } from '../components/Value.tsx';
import { texts } from '../texts.ts';

/** Long enough before the end to bring the next one to whoever runs the other side: 30 days, in milliseconds. */
const warnedBefore = 30 * 86_400_000;

/** Whether it is over. */
export const hasEnded = ({ expires_at }: { readonly expires_at: string }): boolean =>
  Date.parse(expires_at) <= Date.now();

/** When something ends, with a warning before, and after. */
export function Ends({ time }: { readonly time: string }) {
  if (Date.parse(time) - Date.now() > warnedBefore) return <Value name="expires_at" value={time} />;
  const isOver = hasEnded({ expires_at: time });
  return (
    <Tooltip label={fullTime(time)}>
      <Badge component="time" dateTime={time} tt="none" miw="max-content" color={isOver ? 'red' : 'yellow'}>
        {(isOver ? texts.ends.ended : texts.ends.soon)(timeAgo(time))}
      </Badge>
    </Tooltip>
  );
}
