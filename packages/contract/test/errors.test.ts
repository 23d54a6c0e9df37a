import {
  ApiError,
  alreadyExists,
  errorBody,
  errorKinds,
  invalidArgument,
  notFound,
  operations,
  preconditionFailed,
} from '@bailiwick/contract';
import { describe, expect, it } from 'vitest';

describe('the catalogue of errors', () => {
  it.each([
    notFound('user', 'u'),
    invalidArgument('name', 'required', 'a name is needed'),
    alreadyExists('group', 'g', 'choose another name'),
    preconditionFailed('protected_resource', 'the owner stays'),
    new ApiError({ type: 'too_many_requests', help_message: 'wait', reset_seconds: 3 }),
  ])('$message: the keys of the body stand in alphabetical order', (error) => {
    const keys = Object.keys(JSON.parse(errorBody(error.details)));
    expect(keys).toEqual(keys.toSorted());
    expect(JSON.parse(errorBody(error.details))).toMatchObject({ type: error.details.type, message: error.message });
    expect(error.status).toBe(errorKinds[error.details.type].status);
  });

  it('every error that an operation declares is in it, once', () => {
    for (const { id, errors } of operations) {
      expect(new Set(errors).size, id).toBe(errors.length);
      for (const type of errors) expect(errorKinds[type], `${id}: ${type}`).toBeDefined();
    }
  });

  it('holds no status that a caller could not cause, but for our own two failures', () => {
    const ours = Object.entries(errorKinds).filter(([, { status }]) => status >= 500);
    expect(ours.map(([type]) => type)).toEqual(['internal_error', 'unavailable']);
  });
});
