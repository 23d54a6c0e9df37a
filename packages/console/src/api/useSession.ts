import { useQuery } from '@tanstack/react-query';
import { type Session, session } from './session.ts';

/** Who is signed in; undefined as long as nobody knows. */
export function useSession(): Session | undefined {
  return useQuery({ queryKey: ['session'], queryFn: session, staleTime: Number.POSITIVE_INFINITY }).data;
}
