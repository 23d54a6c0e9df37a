export { createLogCheck, type Fault, type LogCheck, leafOf, type StoredEntry } from './check.ts';
export { canonicalJson, entryMembers, entryText, type LogEntry, maximumEntries } from './entry.ts';
export {
  append,
  emptyFrontier,
  type Frontier,
  type OnSubtree,
  readFrontier,
  rootOf,
  writeFrontier,
} from './frontier.ts';
export { emptyRoot, type Hash, hashLeaf, hashNode, noHash, parseHash } from './hashes.ts';
export {
  headText,
  isSignedBy,
  type LogHead,
  type LogKey,
  publicKeyOf,
  readHead,
  rootOfHead,
  type SignedLogHead,
  thumbprint,
} from './head.ts';
export {
  consistencyProof,
  inclusionProof,
  isConsistent,
  isIncluded,
  type SeenTree,
  type SubtreeHash,
  splitOf,
} from './proofs.ts';
export { type Remembered, readRemembered, writeRemembered } from './remembered.ts';
