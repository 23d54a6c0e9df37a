import { Alert, Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { call } from '../api/client.ts';
import { useSession } from '../api/useSession.ts';
import { fullTime } from '../components/format.ts';
import { texts } from '../texts.ts';

interface GracePeriodsProps {
  readonly userId: string;
  readonly children?: ReactNode;
}

/** What the organization wants of somebody, and until when. */
export function GracePeriods({ userId, children }: GracePeriodsProps) {
  const { data } = useQuery({
    queryKey: ['grace-periods', userId],
    queryFn: () => call('gracePeriods.list', { user_id: userId }),
    retry: false,
  });
  return data?.grace_periods.map(({ type, expires_at }) => (
    <Alert key={type} color="yellow" mb="md">
      {texts.gracePeriods[type](fullTime(expires_at))} {children}
    </Alert>
  ));
}

/** The same of oneself, with the way to the page where it can be done. */
export function OwnGracePeriods() {
  const userId = useSession()?.user_id;
  if (userId === undefined) return null;
  return (
    <GracePeriods userId={userId}>
      <Anchor component={Link} to="/profile" size="sm">
        {texts.profile.title}
      </Anchor>
    </GracePeriods>
  );
}
