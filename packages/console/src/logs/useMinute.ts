import { useInterval } from '@mantine/hooks';
import { useState } from 'react';

const minute = 60_000;
const endOfMinute = (): number => Math.ceil(Date.now() / minute) * minute;

/** The end of this minute, so that what looks at the last hour asks anew once a minute. */
export function useMinute(): number {
  const [now, setNow] = useState(endOfMinute);
  useInterval(() => setNow(endOfMinute()), 5_000, { autoInvoke: true });
  return now;
}
