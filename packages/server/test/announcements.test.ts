import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TakenChange } from '../src/authorization/decisions.ts';
import { type Announcement, readAnnouncements, writeAnnouncements } from '../src/storage/announcements.ts';

const longest = 7_999;

const text = fc.string({ unit: 'binary', maxLength: 200 });
const fact = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant('project' as const), id: text, exists: fc.boolean() }),
  fc.record({
    kind: fc.constant('group' as const),
    id: text,
    fact: fc.record({
      id: text,
      kind: fc.constant('ordinary' as const),
      userIds: fc.array(fc.uuid(), { maxLength: 400 }),
      applicationIds: fc.constant([]),
    }),
  }),
  fc.record({
    kind: fc.constant('api_key' as const),
    accessKey: text,
    held: fc.record({
      secretHash: fc.constant('the hash of a secret'),
      key: fc.record({
        accessKey: text,
        organizationId: text,
        kind: fc.constant('user' as const),
        bearerId: text,
        expiresAt: fc.constant(null),
      }),
    }),
  }),
);
const announcement = fc
  .record({
    organizationId: fc.uuid(),
    change: fc.record({
      revision: fc.nat(),
      entryId: fc.uuid(),
      resource: fc.constant('group' as const),
      resourceId: text,
      fact,
    }),
  })
  .map(({ organizationId, change }): Announcement => ({ organizationId, revision: change.revision, change }));

describe('what servers tell each other', () => {
  it('is read as it was written, or says that it is to be read from the database', () => {
    fc.assert(
      fc.property(fc.array(announcement, { maxLength: 30 }), (written) => {
        const read = writeAnnouncements(written).flatMap(readAnnouncements);
        expect(read.map(({ organizationId, revision }) => [organizationId, revision])).toEqual(
          written.map(({ organizationId, revision }) => [organizationId, revision]),
        );
        for (const [index, { change }] of read.entries())
          if (change !== null) expect(change).toEqual(JSON.parse(JSON.stringify(written[index]?.change)));
      }),
    );
  });

  it('fits into messages of PostgreSQL, and names nothing of a secret', () => {
    fc.assert(
      fc.property(fc.array(announcement, { maxLength: 30 }), (written) => {
        for (const message of writeAnnouncements(written)) {
          expect(Buffer.byteLength(message)).toBeLessThanOrEqual(longest);
          expect(message).not.toContain('the hash of a secret');
        }
      }),
    );
  });

  it('is nothing where it makes no sense, and no change where another version has written it', () => {
    fc.assert(fc.property(fc.string(), (message) => void readAnnouncements(message)));
    for (const message of ['', 'null', '[]', '{"organization":1,"revision":2}', '{"organization":"a"}'])
      expect(readAnnouncements(message)).toEqual([]);
    const change = { revision: 7, entryId: 'e', resource: 'user', resourceId: 'u', fact: null } satisfies TakenChange;
    expect(readAnnouncements(JSON.stringify({ form: 2, organization: 'o', revision: 7, change }))).toEqual([
      { organizationId: 'o', revision: 7, change: null },
    ]);
  });
});
