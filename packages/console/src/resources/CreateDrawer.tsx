import { Drawer } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CommandForm } from '../components/CommandForm.tsx';
import { isRecord } from '../components/format.ts';
import { NewSecret } from '../components/NewSecret.tsx';
import { texts } from '../texts.ts';
import type { Resource } from './resources.ts';

interface CreateDrawerProps {
  readonly resource: Resource;
  readonly onClose: () => void;
}

/** The form that makes a new one, and afterwards its page; a secret that is shown once stands in between. */
export function CreateDrawer({ resource, onClose }: CreateDrawerProps) {
  const navigate = useNavigate();
  const [made, setMade] = useState<Readonly<Record<string, unknown>> | null>(null);
  const show = (answer: Readonly<Record<string, unknown>>) => {
    setMade(null);
    void navigate({ to: `/${resource.key}/${encodeURIComponent(String(answer[resource.id]))}` });
  };
  const done = (answer: unknown) => {
    if (!isRecord(answer)) return onClose();
    if (typeof answer.secret_key === 'string') return setMade(answer);
    return show(answer);
  };
  if (resource.create === undefined) return null;
  return (
    <>
      <Drawer
        opened={made === null}
        onClose={onClose}
        position="right"
        size="lg"
        title={`${texts.list.create}: ${resource.singular}`}
      >
        <CommandForm
          operation={resource.create}
          {...(resource.createWithout && { without: resource.createWithout })}
          onDone={done}
          onCancel={onClose}
        />
      </Drawer>
      {made !== null && <NewSecret apiKey={made} onDone={() => show(made)} />}
    </>
  );
}
