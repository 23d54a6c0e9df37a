import type { ErrorDetails } from '@bailiwick/contract';

/** What a person is told; what a program is told stands in the error itself. */
export function toldAs(problem: ErrorDetails): string {
  switch (problem.type) {
    case 'denied_authentication':
      return problem.reason === 'unknown_reason' ? 'That is not right. Try again.' : overAlready;
    case 'invalid_arguments':
      return problem.details
        .map(({ argument_name, help_message }) => `${spoken(argument_name)}: ${help_message}`)
        .join(' · ');
    case 'too_many_requests':
      return `Too many tries. Wait ${lasting(problem.reset_seconds)}, then try again.`;
    case 'permissions_denied':
      return 'You may not do this: your account is locked, or it has no right to.';
    case 'not_found':
      return problem.resource === 'device'
        ? 'No program waits with this code. It may have taken too long.'
        : 'This does not exist any more.';
    case 'precondition_failed':
    case 'already_exists':
      return problem.help_message;
    case 'unavailable':
      return 'The server cannot do this at the moment. Try again soon.';
    default:
      return 'Something went wrong on the server. Try again later.';
  }
}

const overAlready = 'This took too long, or was used already. Begin again.';

/** Whether going on is of no use: the step is over. */
export const isOver = (problem: ErrorDetails): boolean =>
  problem.type === 'denied_authentication' && problem.reason !== 'unknown_reason';

const spoken = (name: string): string => {
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

const lasting = (seconds: number): string =>
  seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
