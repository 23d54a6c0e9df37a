import { contract, formatTimestamp } from '@bailiwick/contract';
import { createReader } from '../http/parse.ts';
import { mailAddress } from '../mail/address.ts';
import { defaultLocale } from '../users/members.ts';
import { invalidValue } from './refusal.ts';
import type { NamedUser } from './store.ts';
import type { Edits, Profile } from './user-edits.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** A member in the words of a directory. */
export const profileOf = (row: NamedUser): Profile => ({
  userName: row.username,
  givenName: row.first_name,
  familyName: row.last_name,
  email: row.email,
  phoneNumber: row.phone_number,
  locale: row.locale,
  externalId: row.external_id,
  active: row.locked === 0,
});

/** A member as an answer holds it. @param address of the configuration, without a final slash */
export function toScimUser(row: NamedUser, address: string) {
  const { userName, givenName, familyName, email, phoneNumber, locale, externalId, active } = profileOf(row);
  return {
    schemas: [userSchema],
    id: row.id,
    ...(externalId !== null && { externalId }),
    userName,
    ...((givenName !== '' || familyName !== '') && {
      name: { ...(givenName !== '' && { givenName }), ...(familyName !== '' && { familyName }) },
    }),
    emails: [{ value: email, type: 'work', primary: true }],
    ...(phoneNumber !== '' && { phoneNumbers: [{ value: phoneNumber, type: 'work' }] }),
    locale: locale.replaceAll('_', '-'),
    active,
    meta: {
      resourceType: 'User',
      created: formatTimestamp(row.created_at),
      lastModified: formatTimestamp(row.updated_at),
      location: `${address}/Users/${row.id}`,
    },
  };
}

/**
 * A new member. Without an e-mail address the username is one, if it has the form.
 *
 * @throws ScimError `invalidValue`
 */
export function newProfile({ userName = '', email, ...edits }: Edits): Profile {
  if (userName === '') throw invalidValue('userName must have a value');
  const address = email ?? (mailAddress.test(userName) ? userName : undefined);
  if (address === undefined) throw invalidValue('emails must have a value, where userName is no e-mail address');
  const unsaid = { givenName: '', familyName: '', phoneNumber: '', externalId: null, active: true };
  return valid({ ...unsaid, ...edits, userName, email: address, locale: edits.locale || defaultLocale });
}

/** A member as it is to become. @throws ScimError `invalidValue` */
export function edited(before: Profile, edits: Edits): Profile {
  return valid({ ...before, ...edits, locale: (edits.locale ?? before.locale) || defaultLocale });
}

/** What a resource that is put says by leaving it out: names, number and id of the directory's own are gone. */
export const unsaidInPut = { givenName: '', familyName: '', phoneNumber: '', externalId: null } as const;

/** By the rules of the API for members, which says them in words of its own. */
const words = new Map([
  ['username', 'userName'],
  ['email', 'emails'],
  ['first_name', 'name.givenName'],
  ['last_name', 'name.familyName'],
  ['phone_number', 'phoneNumbers'],
]);
const readMember = createReader<unknown>(contract.users.create.body.properties.member);

function valid(profile: Profile): Profile {
  const { wrong } = readMember({
    username: profile.userName,
    email: profile.email,
    first_name: profile.givenName,
    last_name: profile.familyName,
    phone_number: profile.phoneNumber,
    locale: profile.locale,
  });
  if (wrong.length === 0) return profile;
  throw invalidValue(
    wrong.map(({ argument_name: name, help_message: help }) => `${words.get(name) ?? name}: ${help}`).join('; '),
  );
}
