import { useQuery } from '@tanstack/react-query';
import { itemOf } from '../resources/queries.ts';
import { type Resource, resourceOf } from '../resources/resources.ts';
import { LogSentence } from './LogSentence.tsx';
import { entryOf } from './log-entry.ts';
import { useNames } from './useNames.ts';

/** What one entry says, in a sentence. */
export function LogEntrySentence({ id }: { readonly id: string }) {
  const resource = resourceOf('logs');
  return resource === undefined ? null : <SentenceOf resource={resource} id={id} />;
}

function SentenceOf({ resource, id }: { readonly resource: Resource; readonly id: string }) {
  const { data } = useQuery({ ...itemOf(resource, id), retry: false });
  const entries = data === undefined ? [] : [entryOf(data)];
  const names = useNames(entries);
  return entries.map((entry) => <LogSentence key={entry.id} entry={entry} names={names} />);
}
