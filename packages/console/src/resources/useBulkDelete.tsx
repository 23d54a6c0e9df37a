import { modals } from '@mantine/modals';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../api/client.ts';
import { texts } from '../texts.ts';
import { Deletion } from './Deletion.tsx';
import type { Resource } from './resources.ts';

interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Deletes one after another after a yes, and tells how far it is; what fails is told, the others are deleted. */
export function useBulkDelete(resource: Resource, onDone: () => void) {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);

  const run = async (ids: readonly string[]): Promise<void> => {
    const { remove, idInput } = resource;
    if (remove === undefined || idInput === undefined) return;
    setFailure(null);
    const failures: Error[] = [];
    for (const [done, id] of ids.entries()) {
      setProgress({ done, total: ids.length });
      await send(remove, { [idInput]: id }).catch((failure: Error) => failures.push(failure));
    }
    setProgress(null);
    const [first] = failures;
    if (first !== undefined)
      setFailure(new Error(texts.list.notDeleted(failures.length, ids.length, first.message), { cause: first }));
    // The page of what is gone is left before anything is asked for again; of what is not gone it stays.
    if (failures.length < ids.length) onDone();
    await queries.invalidateQueries({ queryKey: [resource.key, 'list'] });
  };

  const ask = (ids: readonly string[]): void => {
    const what = ids.length === 1 ? resource.singular : `${ids.length} ${resource.title.toLowerCase()}`;
    modals.openConfirmModal({
      title: texts.confirm.title(what),
      children: <Deletion resource={resource} ids={ids} />,
      labels: { confirm: texts.confirm.yes, cancel: texts.confirm.no },
      confirmProps: { color: 'red' },
      onConfirm: () => void run(ids),
    });
  };
  return { ask, progress, failure };
}
