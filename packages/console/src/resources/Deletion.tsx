import { Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { texts } from '../texts.ts';
import type { Resource } from './resources.ts';

const PolicyPreview = lazy(async () => ({ default: (await import('./PolicyPreview.tsx')).PolicyPreview }));

/** What is said before things are deleted: of a policy also who loses by it. */
export function Deletion({ resource, ids }: { readonly resource: Resource; readonly ids: readonly string[] }) {
  const [id, ...others] = ids;
  const isPolicy = resource.remove === 'policies.delete';
  return (
    <Stack>
      <Text size="sm">{texts.confirm.text}</Text>
      {isPolicy && id !== undefined && others.length === 0 && (
        <Suspense fallback={<Skeleton h={80} />}>
          <PolicyPreview change={{ policy_id: id, remove: true }} />
        </Suspense>
      )}
    </Stack>
  );
}
