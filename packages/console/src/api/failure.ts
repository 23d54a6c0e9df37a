import type { ErrorDetails } from '@bailiwick/contract';
import { texts } from '../texts.ts';

/** A refusal of the server, or none at all: status 0. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly status: number;
  readonly problem: ErrorDetails | null;

  constructor(status: number, body: unknown, options?: ErrorOptions) {
    const problem = isProblem(body) ? body : null;
    super(told(status, problem), options);
    this.status = status;
    this.problem = problem;
  }

  /** What is wrong with single inputs, by name. */
  get byArgument(): Readonly<Record<string, string>> {
    if (this.problem?.type !== 'invalid_arguments') return {};
    return Object.fromEntries(
      this.problem.details.map(({ argument_name, help_message }) => [argument_name, help_message]),
    );
  }
}

const isProblem = (body: unknown): body is ErrorDetails => typeof body === 'object' && body !== null && 'type' in body;

function told(status: number, problem: ErrorDetails | null): string {
  if (status === 0) return texts.failures.unreachable;
  switch (problem?.type) {
    case 'permissions_denied':
      return `${texts.failures.missing} ${problem.details.map(({ action, resource }) => `${action} ${resource}`).join(', ')}`;
    case 'invalid_arguments':
      return problem.details.map(({ argument_name, help_message }) => `${argument_name}: ${help_message}`).join(' · ');
    case 'quotas_exceeded':
      return problem.details.map(({ resource, quota }) => texts.failures.quota(resource, quota)).join(' ');
    case 'already_exists':
    case 'precondition_failed':
    case 'too_many_requests':
    case 'unavailable':
      return problem.help_message;
    case 'not_found':
      return texts.failures.gone(problem.resource);
    default:
      return texts.failures.unknown(status);
  }
}
