import { modals } from '@mantine/modals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { texts } from '../texts.ts';

/** Does something that cannot be undone after a yes, and looks at everything anew. */
export function useConfirmed(work: () => Promise<unknown>) {
  const queries = useQueryClient();
  const doing = useMutation({ mutationFn: work, onSuccess: () => queries.invalidateQueries() });
  const ask = (title: string, text: string, confirm: string = texts.confirm.remove): void =>
    void modals.openConfirmModal({
      title,
      children: text,
      labels: { confirm, cancel: texts.confirm.no },
      confirmProps: { color: 'red' },
      onConfirm: () => doing.mutate(),
    });
  return { ask, isPending: doing.isPending, error: doing.error };
}
