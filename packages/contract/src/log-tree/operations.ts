import { Type } from 'typebox';
import { Count, Id, OrganizationFilter, oneOf, Text, Time } from '../fields.ts';
import { needs, operation } from '../operation.ts';
import { maximumEntries } from './entry.ts';

const organization_id = OrganizationFilter({ uuid: true, whenEmpty: true, shown: false });
const hash = (description: string) => Text(`${description}: 64 hexadecimal digits`);
const path = Type.Array(hash('Hash'), { description: 'Hashes of the path, those next to the entries first' });
const textOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description });
const size = (description: string) => Type.Integer({ minimum: 1, description });

/** The log as a Merkle tree, for those who do not want to believe it (docs/log-tree.md). */
export const logTree = {
  getHead: operation({
    id: 'logTree.getHead',
    method: 'GET',
    path: '/iam/v1alpha1/log-tree/head',
    summary: 'Show what the log is: its size and root hash, signed',
    query: Type.Object({ organization_id }),
    output: Type.Object(
      {
        organization_id: Id('Organization'),
        tree_size: Count('Number of entries'),
        root_hash: hash('Root of the tree'),
        adopted_size: Count('The last entry that was taken in later than by its own change; 0 for none'),
        removed_size: Count('Entries, the oldest, that were removed for their age; their hashes are there'),
        signed_at: Time('When it was signed'),
        key_id: Text('Thumbprint of the key, which /.well-known/log-keys.json holds'),
        signature: Text('Ed25519 signature in base 64 for URLs'),
      },
      { title: 'LogHead' },
    ),
    errors: ['not_found'],
    access: needs('iam:log:list'),
  }),
  getInclusionProof: operation({
    id: 'logTree.getInclusionProof',
    method: 'GET',
    path: '/iam/v1alpha1/log-tree/inclusion-proof',
    summary: 'Prove that an entry is in the log',
    query: Type.Object(
      {
        log_id: Type.Optional(Id('Log entry')),
        revision: Type.Optional(size('Number of the entry, from 1')),
        tree_size: Type.Optional(size('Size of the tree that it is in; that of the head when left out')),
        organization_id,
      },
      oneOf({ name: 'entry', members: ['log_id', 'revision'], required: true }),
    ),
    output: Type.Object(
      {
        leaf_index: Count('Number of the entry, from 0'),
        leaf_hash: hash('Hash of the entry'),
        tree_size: Count('Size of the tree'),
        hashes: path,
      },
      { title: 'LogInclusionProof' },
    ),
    errors: ['not_found'],
    access: needs('iam:log:list'),
  }),
  getConsistencyProof: operation({
    id: 'logTree.getConsistencyProof',
    method: 'GET',
    path: '/iam/v1alpha1/log-tree/consistency-proof',
    summary: 'Prove that the log only became longer',
    query: Type.Object({
      first_size: size('Size of the earlier tree'),
      second_size: Type.Optional(size('Size of the later tree; that of the head when left out')),
      organization_id,
    }),
    output: Type.Object(
      { first_size: Count('Size of the earlier tree'), second_size: Count('Size of the later tree'), hashes: path },
      { title: 'LogConsistencyProof' },
    ),
    errors: ['not_found'],
    access: needs('iam:log:list'),
  }),
  listEntries: operation({
    id: 'logTree.listEntries',
    method: 'GET',
    path: '/iam/v1alpha1/log-tree/entries',
    summary: 'List entries as they are hashed, oldest first',
    query: Type.Object({
      after: Type.Optional(Count('Number of the last entry that is left out')),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: maximumEntries, default: maximumEntries, description: 'Most entries' }),
      ),
      organization_id,
    }),
    output: Type.Object({
      entries: Type.Array(
        Type.Object(
          {
            revision: Count('Number of the entry, from 1'),
            content: textOrNull(
              'The entry in canonical JSON (RFC 8785): what is hashed; null for one that was removed for its age',
            ),
            leaf_hash: textOrNull('Hash that was stored with it; null for one that was taken in later'),
          },
          { title: 'LogTreeEntry' },
        ),
      ),
      total_count: Count('Entries in all'),
    }),
    errors: [],
    access: needs('iam:log:list'),
  }),
};
