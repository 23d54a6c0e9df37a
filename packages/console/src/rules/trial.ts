import type { OperationById, Output } from '@bailiwick/contract';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** What the server says of a condition under these circumstances. */
export type Trial = Output<OperationById<'decisions.evaluateCondition'>>;

/** What a condition sees, as it is typed; what is empty is absent, but for the time, which is then now. */
export interface Circumstances {
  readonly ip: string;
  readonly time: string;
  readonly user_agent: string;
  readonly name: string;
  readonly id: string;
  readonly locality: string;
}

export const noCircumstances: Circumstances = { ip: '', time: '', user_agent: '', name: '', id: '', locality: '' };

/** While somebody types, in milliseconds. */
const pause = 250;

/** Asks what a condition comes to, soon after it was last changed. `trial` is null while what is typed is not judged yet. */
export function useTrial(condition: string, circumstances: Circumstances) {
  const [asked] = useDebouncedValue(condition, pause);
  const [seen] = useDebouncedValue(circumstances, pause);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['evaluate-condition', asked, seen],
    queryFn: () => call('decisions.evaluateCondition', toInput(asked, seen)),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 10_000,
  });
  return { trial: data ?? null, isCurrent: asked === condition && seen === circumstances && !isPlaceholderData, error };
}

function toInput(condition: string, { ip, time, user_agent, name, id, locality }: Circumstances) {
  return {
    condition,
    request: filled({ ip, user_agent, time: time === '' ? '' : new Date(time).toISOString() }),
    resource: filled({ id, name, locality }),
  };
}

const filled = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
