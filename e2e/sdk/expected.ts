import type { Iamv1alpha1 } from '@scaleway/sdk-iam';
import { expect } from 'vitest';
import type { ServerProcess } from '../support/server-process.ts';
import type { Sdk } from './sdk.ts';

/** What every walk is given: the SDK as the owner, and the server behind it. */
export interface Setting extends Sdk {
  readonly server: ServerProcess;
  readonly organizationId: string;
}

/** Every method of one part of the SDK, called with real data; titles say what is walked through. */
export type Walks = Readonly<Record<string, (setting: Setting) => Promise<void>>>;

export const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
/** Texts of the wire have become dates. */
export const date = expect.any(Date);
export const made = { createdAt: date, updatedAt: date };
export const changeable = { editable: true, deletable: true, managed: false };
/** An id that nothing has. */
export const nothing = '6f0c0000-0000-4000-8000-000000000009';
export const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJEoOOgQBLJPs4g/XcPTKT82NywNPpxeuA20FlOPlpO';
export const person = { firstName: '', lastName: '', phoneNumber: '', locale: '' };

export const ids = (list: readonly { readonly id: string }[]) => list.map((one) => one.id);

export function member(iam: Iamv1alpha1.API, username: string): Promise<Iamv1alpha1.User> {
  const mails = { sendPasswordEmail: false, sendWelcomeEmail: false };
  const email = `${username}@example.org`;
  return iam.createUser({ member: { ...person, ...mails, username, email, password: 'correct horse battery' } });
}

/** The one user who may do everything. */
export async function ownerOf(iam: Iamv1alpha1.API): Promise<Iamv1alpha1.User> {
  const { users } = await iam.listUsers({ type: 'owner' });
  const [owner] = users;
  if (!owner || users.length > 1) throw new Error('an organization has one owner');
  return owner;
}
