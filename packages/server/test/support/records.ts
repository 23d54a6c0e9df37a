import type { Scenario } from '../../../../test-support/authzen/scenario.ts';

/** The fixture of the certification scenario: two subjects, two records, and rules that give its eight decisions. */
export const certification: Scenario = {
  catalogue: `
version: 1
services:
  - name: records
    resources:
      - name: record
        scope: organization
        actions: [read, write, delete, trash]
permission_sets:
  - { name: RecordReader, scope_type: organization, permissions: ['records:record:read'] }
  - { name: RecordWriter, scope_type: organization, permissions: ['records:record:write'] }
  - { name: RecordTrasher, scope_type: organization, permissions: ['records:record:trash'] }
`,
  people: ['alice', 'bob'],
  rules: {
    alice: [
      ['RecordReader', ''],
      ['RecordWriter', 'resource.properties.status != "archived"'],
      ['RecordTrasher', ''],
    ],
    bob: [
      ['RecordReader', ''],
      ['RecordWriter', 'subject.properties.role == "admin" && resource.properties.status == "archived"'],
    ],
  },
  mapping: ({ alice, bob }) => ({
    resource_types: {
      record: {
        resource: 'records:record',
        actions: {
          read: 'read',
          write: 'write',
          delete: { action: 'delete', variants: [{ properties: { soft: true }, action: 'trash' }] },
        },
      },
    },
    subjects: [
      { type: 'user', id: 'alice', principal_id: alice },
      { type: 'user', id: 'bob', principal_id: bob, properties: { role: 'admin' } },
    ],
    resources: [
      { type: 'record', id: 'record-1', properties: { status: 'active' } },
      { type: 'record', id: 'record-2', properties: { status: 'archived' } },
    ],
  }),
};
