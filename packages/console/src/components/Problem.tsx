import { Alert } from '@mantine/core';

/** What went wrong, told where it went wrong. */
export function Problem({ failure }: { readonly failure: Error | null }) {
  if (failure === null) return null;
  return (
    <Alert color="red" role="alert">
      {failure.message}
    </Alert>
  );
}
