import { ApiError, notFound } from '@bailiwick/contract';

/** The words of RFC 7644, section 3.12, for what is wrong with a request. */
export type ScimType = 'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'mutability' | 'uniqueness';

/** A request that is wrong in a way that SCIM has a word for. */
export class ScimError extends ApiError {
  readonly scimType: ScimType;
  /** @param detail what is wrong, and how to mend it */
  constructor(scimType: ScimType, detail: string) {
    const details = [{ argument_name: 'request', help_message: detail, reason: 'constraint' }] as const;
    super({ type: 'invalid_arguments', details });
    this.scimType = scimType;
  }
}

/** A part of SCIM that is not served (RFC 7644, section 3.12: 501). */
export class ScimUnserved extends ApiError {
  constructor(path: string) {
    super(notFound('path', path).details);
  }
}

export const invalidValue = (detail: string): ScimError => new ScimError('invalidValue', detail);

/** Some of what somebody sent, for an error. */
export const shownValue = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100);
