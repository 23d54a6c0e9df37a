import type { MailKind } from './queue.ts';

/** What a mail says, without any form: plain text and HTML are both made of it. */
export interface Words {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Things to read off, each with its name. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** The one thing to do. */
  readonly action?: { readonly label: string; readonly url: string };
  /** What stands below it. */
  readonly after?: readonly string[];
}

/** What the words of a mail are filled with; a name that is missing is empty. */
export type Values = (name: string) => string;

const notYou = 'If you did not ask for this, you can ignore this mail: nothing changes.';

/** All texts, in English. */
export const words: Readonly<Record<MailKind, (value: Values) => Words>> = {
  welcome: (value) => ({
    subject: `Welcome to ${value('organization')}`,
    paragraphs: [hello(value), `An account was made for you in ${value('organization')}.`],
    action: { label: 'Sign in', url: value('signInUrl') },
  }),
  password: (value) => ({
    subject: `Your password for ${value('organization')}`,
    paragraphs: ['Hello,', `with these you can sign in to ${value('organization')}:`],
    facts: [
      ['Username', value('username')],
      ['Password', value('password')],
    ],
    action: { label: 'Sign in', url: value('signInUrl') },
    after: [
      'Somebody else has chosen this password: choose one of your own when you have signed in, and delete this mail.',
    ],
  }),
  activation: (value) => ({
    subject: `Activate your account in ${value('organization')}`,
    paragraphs: [
      hello(value),
      `You are invited to ${value('organization')}. Choose a password to activate your account.`,
    ],
    action: { label: 'Activate the account', url: value('link') },
    after: ['The link works once. If you did not expect this invitation, you can ignore this mail.'],
  }),
  code: (value) => ({
    subject: 'Your code to sign in',
    paragraphs: ['Hello,', `this code lets you sign in. It works once, within ${value('minutes')} minutes.`],
    facts: [['Code', value('code')]],
    after: [`Nobody will ever ask you for it. ${notYou}`],
  }),
  recovery: (value) => ({
    subject: 'Choose a new password',
    paragraphs: ['Hello,', 'somebody, probably you, has forgotten the password of your account.'],
    action: { label: 'Choose a new password', url: value('link') },
    after: [`The link works once, within ${value('minutes')} minutes. ${notYou}`],
  }),
  mfa_reminder: (value) => ({
    subject: 'Your account needs a second factor',
    paragraphs: [
      hello(value),
      'Your organization asks everybody for a second factor at sign-in, and your account has none yet.',
      `Sign in and add one until ${moment(value('until'))}; after that the account is locked.`,
    ],
    action: { label: 'Add a second factor', url: value('link') },
  }),
  mfa_not_enforced: (value) => ({
    subject: `${value('organization')} no longer asks for second factors`,
    paragraphs: [
      hello(value),
      `${value('by')} has ended the rule that everybody in ${value('organization')} needs a second factor.`,
    ],
    after: ['If this was not meant to be, switch it on again in the security settings, and look into the log.'],
  }),
  locked: (value) => ({
    subject: 'Your account is locked',
    paragraphs: [
      hello(value),
      `Your account is locked: ${value('reason')}.`,
      'You cannot sign in, and your API keys may do nothing. Whoever manages the users of your organization can unlock it.',
    ],
  }),
  key_expiry: (value) => ({
    subject: `API key ${value('accessKey')} ends soon`,
    paragraphs: ['Hello,', `an API key stops working at ${moment(value('endsAt'))}.`],
    facts: [
      ['Access key', value('accessKey')],
      ['Description', value('description')],
    ],
    after: ['If a program still uses it, give it a new key before then.'],
  }),
};

const hello = (value: Values): string => (value('name') === '' ? 'Hello,' : `Hello ${value('name')},`);

/** `2030-01-09T03:04:05.123456Z` → `2030-01-09 03:04 UTC`; any other text as it is. */
function moment(text: string): string {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):.*Z$/.exec(text) ?? [];
  return date === undefined ? text : `${date} ${time} UTC`;
}
