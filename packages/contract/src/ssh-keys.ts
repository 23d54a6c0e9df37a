import { Type } from 'typebox';
import { Flag, Id, OrganizationFilter, Text, Time, withCli } from './fields.ts';
import { needsInProject, onExisting, onNew, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const SshKey = Type.Object(
  {
    id: Id('SSH key'),
    name: Text('Name'),
    public_key: Text('Type and key, without the comment'),
    fingerprint: Text('Bits, MD5 of the key and type'),
    created_at: Time('When it was added'),
    updated_at: Time('When it was last changed'),
    organization_id: Id('Organization of its project'),
    project_id: Id('Project it belongs to'),
    disabled: Flag('True while it must not open anything'),
  },
  { title: 'SSHKey' },
);

/** Types of public keys that are taken. */
export const sshKeyTypes = [
  'ssh-rsa',
  'ssh-dss',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
] as const;
export type SshKeyType = (typeof sshKeyTypes)[number];

const name = (limits: { minLength?: number } = {}) => Text('Name of the SSH key', { ...limits, maxLength: 1000 });
const params = Type.Object({ ssh_key_id: Id('SSH key') });

export const sshKeys = {
  list: operation({
    id: 'sshKeys.list',
    method: 'GET',
    path: '/iam/v1alpha1/ssh-keys',
    summary: 'List SSH keys',
    query: Type.Object({
      order_by: OrderBy(['created_at', 'updated_at', 'name'], 'created_at_asc'),
      ...paging(),
      name: Type.Optional(name({ minLength: 1 })),
      project_id: Type.Optional(Id('Only of this project')),
      disabled: Type.Optional(Flag('Only disabled keys, or only the others')),
      organization_id: OrganizationFilter({ uuid: false, whenEmpty: false, shown: true }),
    }),
    output: Page('ssh_keys', SshKey),
    errors: ['not_found'],
    access: needsInProject('iam:ssh_key:list'),
    command: {
      words: 'iam ssh-key list',
      columns: ['ID', 'Name', 'CreatedAt', 'Fingerprint', 'ProjectID', 'Disabled'],
    },
  }),
  create: operation({
    id: 'sshKeys.create',
    method: 'POST',
    path: '/iam/v1alpha1/ssh-keys',
    summary: 'Add an SSH key to a project',
    body: Type.Object({
      name: Type.Optional(withCli(name(), { generated: 'key', requiredByClient: true })),
      public_key: withCli(Text('Public key, as in a .pub file', { minLength: 1, maxLength: 65_000 }), {
        loadFile: true,
      }),
      project_id: withCli(Id('Project it is added to'), {
        uuid: true,
        requiredByClient: false,
        fromConfig: { setting: 'project', shown: false, whenEmpty: true },
      }),
    }),
    output: SshKey,
    errors: ['not_found', 'quotas_exceeded'],
    access: onNew(needsInProject('iam:ssh_key:create'), 'name'),
    audit: { resource: 'ssh_key', action: 'created' },
    command: {
      words: 'iam ssh-key create',
      examples: [
        { title: 'Add the key of a file', line: 'scw iam ssh-key create name=laptop public-key=@id_ed25519.pub' },
      ],
      seeAlso: ['scw iam ssh-key list', 'scw iam ssh-key delete'],
    },
  }),
  get: operation({
    id: 'sshKeys.get',
    method: 'GET',
    path: '/iam/v1alpha1/ssh-keys/{ssh_key_id}',
    summary: 'Show an SSH key',
    params,
    output: SshKey,
    errors: ['not_found'],
    access: onExisting(needsInProject('iam:ssh_key:read'), 'ssh_key', 'ssh_key_id'),
    command: { words: 'iam ssh-key get', positional: 'ssh_key_id' },
  }),
  update: operation({
    id: 'sshKeys.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/ssh-keys/{ssh_key_id}',
    summary: 'Rename, disable or enable an SSH key',
    params,
    body: Type.Object({
      name: Type.Optional(name()),
      disabled: Type.Optional(Flag('True to disable it, false to enable it')),
    }),
    output: SshKey,
    errors: ['not_found'],
    access: onExisting(needsInProject('iam:ssh_key:write'), 'ssh_key', 'ssh_key_id'),
    audit: { resource: 'ssh_key', action: 'updated' },
    command: {
      words: 'iam ssh-key update',
      examples: [
        { title: 'Switch it off', line: 'scw iam ssh-key update 0c0ffee0-0000-4000-8000-000000000009 disabled=true' },
      ],
      positional: 'ssh_key_id',
    },
  }),
  delete: operation({
    id: 'sshKeys.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/ssh-keys/{ssh_key_id}',
    summary: 'Delete an SSH key',
    params,
    output: null,
    errors: ['not_found'],
    access: onExisting(needsInProject('iam:ssh_key:delete'), 'ssh_key', 'ssh_key_id'),
    audit: { resource: 'ssh_key', action: 'deleted' },
    command: {
      words: 'iam ssh-key delete',
      examples: [{ title: 'Delete an SSH key', line: 'scw iam ssh-key delete 0c0ffee0-0000-4000-8000-000000000009' }],
      positional: 'ssh_key_id',
      seeAlso: ['scw iam ssh-key list', 'scw iam ssh-key create'],
    },
  }),
};
