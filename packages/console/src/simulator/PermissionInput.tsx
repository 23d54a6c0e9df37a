import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import { texts } from '../texts.ts';
import { useReach } from './useReach.ts';

/**
 * A permission, completed from those that whoever is signed in has; the owner has all. Others can be typed.
 */
export function PermissionInput({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (permission: string) => void;
}) {
  const [isUsed, setUsed] = useState(false);
  const { permissions } = useReach('', { isWanted: isUsed });
  return (
    <Autocomplete
      label={texts.simulator.permission}
      description={texts.simulator.permissionHint}
      placeholder="iam:policy:read"
      data={permissions.map(({ permission }) => permission)}
      limit={50}
      onFocus={() => setUsed(true)}
      value={value}
      onChange={onChange}
    />
  );
}
