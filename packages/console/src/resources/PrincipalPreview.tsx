import type { FormPreview } from '../components/CommandForm.tsx';
import { PolicyPreview } from './PolicyPreview.tsx';

/** What a policy gives and takes when it is attached to somebody else; nothing while it is not. */
export const PrincipalPreview: FormPreview = ({ input, told }) => {
  const { policy_id, no_principal } = input;
  const named = Object.fromEntries(
    principals.flatMap((name) => {
      const id = input[name];
      return typeof id === 'string' && id !== '' ? [[name, id] as const] : [];
    }),
  );
  const isDetached = no_principal === true;
  if (typeof policy_id !== 'string' || (Object.keys(named).length === 0 && !isDetached)) return null;
  return <PolicyPreview change={{ policy_id, ...named, ...(isDetached && { no_principal: true }) }} told={told} />;
};

const principals = ['user_id', 'group_id', 'application_id'] as const;
