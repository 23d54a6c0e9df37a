import { Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import type { Explanation } from './question.ts';
import { ReasonsList } from './ReasonsList.tsx';
import { rulesLookedAt } from './rules-looked-at.ts';

const ReasonsPicture = lazy(async () => ({ default: (await import('./ReasonsPicture.tsx')).ReasonsPicture }));

/** The ways from the principal to the permission, as a picture or as a list; where there is little room, as a list. */
export function Reasons({ answer }: { readonly answer: Explanation }) {
  const { text } = useAddress();
  const setAddress = useSetAddress();
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const rules = rulesLookedAt(answer);
  if (rules.length === 0 && answer.decision === 'deny') return null;
  const view = text('view') || (isNarrow ? 'list' : 'picture');
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {texts.reasons.title}
        </Title>
        <SegmentedControl
          aria-label={texts.reasons.view}
          value={view}
          onChange={(next) => setAddress({ view: next })}
          data={[
            { value: 'picture', label: texts.reasons.picture },
            { value: 'list', label: texts.reasons.list },
          ]}
        />
      </Group>
      {view === 'list' ? (
        <ReasonsList answer={answer} rules={rules} />
      ) : (
        <Suspense fallback={<Skeleton h={240} />}>
          <ReasonsPicture answer={answer} rules={rules} />
        </Suspense>
      )}
      {rules.length === 0 && <Text size="sm">{texts.reasons.noRuleNeeded}</Text>}
    </Stack>
  );
}
