import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryText } from '@bailiwick/contract/log-tree';
import { afterAll, describe, expect, it } from 'vitest';
import { headKey, sampleEntry, signHead, stored, withoutFirst } from '../../../test-support/signed-log.ts';
import { organization, scw } from './support/cli.ts';
import { logOf, logService, type ShownLog } from './support/log-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'scw-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const freshFile = () => {
  files += 1;
  return join(folder, `heads-${files}.json`);
};

/** Verifies what a service shows. */
async function verify(log: ShownLog, file = freshFile(), sizes: readonly number[] = [], more = '') {
  const { code, stdout, stderr } = await scw(`iam log verify state-file=${file} -o json ${more}`.trim(), {
    reply: await logService(log, ...sizes),
  });
  return { code, stderr, found: stdout === '' ? null : JSON.parse(stdout), file };
}

describe('iam log verify', () => {
  it('tells what it has verified, and remembers it', async () => {
    const log = logOf(2_500);
    const { code, found, file } = await verify(log);
    expect(code).toBe(0);
    expect(found).toMatchObject({ verified: true, entries: 2500, root_hash: log.head.root_hash, faults: [] });
    expect(Object.values(JSON.parse(readFileSync(file, 'utf8')).heads)).toEqual([log.head]);
  });

  it('tells how many entries were removed for their age, and finds one more that is gone', async () => {
    const { entries, key } = logOf(2_500);
    const left = withoutFirst(entries, 1_200);
    const head = signHead(organization, left, key);
    const { code, found } = await verify({ entries: left, head, key });
    expect([code, found.verified, found.entries, found.removed]).toEqual([0, true, 2500, 1200]);
    const more = await verify({ entries: withoutFirst(entries, 1_201), head, key });
    const problem = 'it was removed, and no signed head says so';
    expect([more.code, more.found.faults]).toEqual([1, [{ entry: 1201, problem }]]);
  });

  it('a log that became longer is held against what was verified before', async () => {
    const { file } = await verify(logOf(11));
    const { code, found } = await verify(logOf(30), file, [11]);
    expect([code, found.verified_before, found.faults]).toEqual([0, 11, []]);
    const unproven = await verify(logOf(40), file);
    const problem = 'the service cannot prove that the log of 40 entries goes on from the 30 verified before';
    expect([unproven.code, unproven.found.faults]).toEqual([1, [{ entry: null, problem }]]);
    const remembered = JSON.parse(readFileSync(file, 'utf8')).heads;
    expect(remembered[organization].tree_size).toBe(30);
  });

  it('finds a log that was cut and signed anew, and one whose history is another', async () => {
    const { file } = await verify(logOf(11));
    const cut = await verify(logOf(7), file);
    expect([cut.code, cut.found.faults]).toEqual([
      1,
      [{ entry: null, problem: 'the log was cut: it has 7 entries, 11 were verified before' }],
    ]);
    const { key } = logOf(1);
    const entries = Array.from({ length: 12 }, (_, index) =>
      stored({ ...sampleEntry(organization, index + 1), ...(index === 3 && { bearer_id: 'somebody else' }) }),
    );
    const rewritten = await verify({ entries, head: signHead(organization, entries, key), key }, file, [11]);
    expect(rewritten.found.faults[0]).toEqual({
      entry: null,
      problem: 'the first 11 entries are not those that were verified before',
    });
  });

  it('names the entry that was changed, and forgets nothing for it', async () => {
    const log = logOf(40);
    const changed = stored({ ...sampleEntry(organization, 17), bearer_id: 'somebody else' }).content;
    const entries = log.entries.with(16, { ...log.entries[16]!, content: changed });
    const { code, found } = await verify({ ...log, entries });
    expect(code).toBe(1);
    expect(found).toMatchObject({ verified: false });
    expect(found.faults[0]).toEqual({ entry: 17, problem: 'it was changed: it is not what was signed' });
  });

  it.each([
    ['dropped', (log: ShownLog) => log.entries.toSpliced(4, 1), 5, 'it is missing'],
    [
      'inserted',
      (log: ShownLog) => log.entries.toSpliced(4, 0, log.entries[4]!),
      5,
      'it stands where entry 6 should be',
    ],
    ['cut off', (log: ShownLog) => log.entries.slice(0, -1), null, 'the signed head has 20 entries, only 19 are there'],
  ])('finds that one was %s', async (_, bend, entry, problem) => {
    const log = logOf(20);
    const { code, found } = await verify({ ...log, entries: bend(log) });
    expect(code).toBe(1);
    expect(found.faults).toContainEqual({ entry, problem });
  });

  it('refuses a head that was signed with another key', async () => {
    const log = logOf(5);
    const forged = { ...log, head: { ...signHead(organization, log.entries, headKey(2)), key_id: log.key.id } };
    const { code, found } = await verify(forged);
    expect([code, found.faults]).toEqual([
      1,
      [{ entry: null, problem: 'the head is not signed with the key of the service' }],
    ]);
    const { code: another, stderr } = await verify(log, freshFile(), [], `key-id=${headKey(2).id}`);
    expect([another, stderr]).toEqual([1, expect.stringContaining('signed with another key')]);
  });

  it('hashes text as it was sent: the same entry in other words is another', async () => {
    const log = logOf(3);
    const spaced = JSON.stringify(JSON.parse(entryText(sampleEntry(organization, 2))), null, 1);
    const { found } = await verify({ ...log, entries: log.entries.with(1, { content: spaced, leafHash: null }) });
    expect(found.faults[0]).toEqual({ entry: 2, problem: 'it is no entry in canonical form' });
  });
});
