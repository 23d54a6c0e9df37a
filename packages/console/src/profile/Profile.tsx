import { Anchor, Button, Drawer, Group, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { commandOf } from '../api/contract.ts';
import { useSession } from '../api/useSession.ts';
import { CommandForm } from '../components/CommandForm.tsx';
import { Problem } from '../components/Problem.tsx';
import { Fields } from '../resources/Fields.tsx';
import { itemOf } from '../resources/queries.ts';
import { RelatedList, RelatedLists } from '../resources/RelatedList.tsx';
import { resourceOf } from '../resources/resources.ts';
import { useAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { Connections } from './Connections.tsx';
import { OneTimePasswords } from './OneTimePasswords.tsx';
import { SecurityKeys } from './SecurityKeys.tsx';

const users = resourceOf('users');
const sessions = resourceOf('sessions');
const fields = [
  'username',
  'email',
  'first_name',
  'last_name',
  'phone_number',
  'type',
  'status',
  'mfa',
  'last_login_at',
];

/** What stands in the address while one of them is open, and the operation that it asks. */
const forms = new Map([
  ['details', 'users.update'],
  ['password', 'users.updatePassword'],
]);

/** One's own account: who one is, and everything that one signs in with. */
export function Profile() {
  const userId = useSession()?.user_id;
  return userId === undefined || users === undefined ? <Skeleton h={200} /> : <Account userId={userId} users={users} />;
}

interface AccountProps {
  readonly userId: string;
  readonly users: NonNullable<typeof users>;
}

function Account({ userId, users }: AccountProps) {
  const navigate = useNavigate();
  const open = useAddress().text('change');
  const operation = forms.get(open);
  const { data: person, error } = useQuery(itemOf(users, userId));
  const go = (change?: string) => void navigate({ to: '/profile', search: change === undefined ? {} : { change } });
  if (person === undefined) return error === null ? <Skeleton h={200} /> : <Problem failure={error} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {texts.profile.title}
        </Title>
        <Group gap="xs">
          <Button onClick={() => go('details')}>{texts.profile.details}</Button>
          <Button variant="default" onClick={() => go('password')}>
            {texts.profile.password}
          </Button>
        </Group>
      </Group>
      <Fields resource={users} item={person} only={fields} />
      <OneTimePasswords userId={userId} hasFactor={person.mfa === true} />
      <SecurityKeys userId={userId} username={String(person.username)} />
      {sessions && <RelatedList resource={sessions} />}
      <RelatedLists resource={users} id={userId} />
      <Connections userId={userId} />
      <Anchor href="/auth/device" size="sm">
        {texts.profile.device}
      </Anchor>
      <Drawer
        opened={operation !== undefined}
        onClose={() => go()}
        position="right"
        size="lg"
        title={operation === undefined ? '' : commandOf(operation).summary}
      >
        {operation !== undefined && (
          <CommandForm
            key={operation}
            operation={operation}
            preset={{ 'user-id': userId }}
            {...(operation === 'users.update' && { item: person })}
            onDone={() => go()}
            onCancel={() => go()}
          />
        )}
      </Drawer>
    </Stack>
  );
}
