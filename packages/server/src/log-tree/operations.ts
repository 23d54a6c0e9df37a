import { invalidArgument, notFound } from '@bailiwick/contract';
import {
  consistencyProof,
  type Hash,
  inclusionProof,
  maximumEntries,
  type SignedLogHead,
} from '@bailiwick/contract/log-tree';
import type { Context, Handler } from '../context.ts';
import { readKeptEntries, readLastRevision, readRevisionOf } from './entries.ts';
import { readTree } from './store.ts';
import { subtreesOf } from './subtrees.ts';

export const getHead: Handler<'logTree.getHead'> = async (context) => headOf(context);

export const getInclusionProof: Handler<'logTree.getInclusionProof'> = async (context, input) => {
  const { storage, scope } = context;
  const { organizationId } = scope;
  const size = sizeWithin(input.tree_size, 'tree_size', await headOf(context));
  const revision = input.revision ?? (await readRevisionOf(storage.db, organizationId, input.log_id ?? ''));
  if (revision === null) throw notFound('log', input.log_id ?? '');
  if (revision > size) throw invalidArgument('tree_size', 'constraint', `value must be at least ${revision}`);
  const subtrees = subtreesOf(storage.db, organizationId);
  const leaf = await subtrees(revision - 1, revision);
  const path = await inclusionProof(subtrees, revision - 1, size);
  return { leaf_index: revision - 1, leaf_hash: hex(leaf), tree_size: size, hashes: path.map(hex) };
};

export const getConsistencyProof: Handler<'logTree.getConsistencyProof'> = async (context, input) => {
  const { storage, scope } = context;
  const second = sizeWithin(input.second_size, 'second_size', await headOf(context));
  const first = input.first_size;
  if (first > second) throw invalidArgument('first_size', 'constraint', `value must be at most ${second}`);
  const path = await consistencyProof(subtreesOf(storage.db, scope.organizationId), first, second);
  return { first_size: first, second_size: second, hashes: path.map(hex) };
};

export const listEntries: Handler<'logTree.listEntries'> = async (
  { storage, scope },
  { after = 0, limit = maximumEntries },
) => {
  const { organizationId } = scope;
  const entries = await readKeptEntries(storage.db, organizationId, after, limit);
  return {
    entries: entries.map(({ revision, content, leafHash }) => ({ revision, content, leaf_hash: leafHash })),
    total_count: await readLastRevision(storage.db, organizationId),
  };
};

/** @throws ApiError `not_found` while no entry was taken in */
async function headOf({ storage, scope }: Context): Promise<SignedLogHead> {
  const tree = await readTree(storage.db, scope.organizationId);
  if (tree === null) throw notFound('log_head', scope.organizationId);
  return tree.head;
}

function sizeWithin(asked: number | undefined, argument: string, { tree_size: size }: SignedLogHead): number {
  if (asked === undefined) return size;
  if (asked > size) throw invalidArgument(argument, 'constraint', `value must be at most ${size}`);
  return asked;
}

const hex = (hash: Hash): string => hash.toString('hex');
