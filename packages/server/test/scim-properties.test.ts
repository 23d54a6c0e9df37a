import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupEditsOf } from '../src/provisioning/group-edits.ts';
import { readPatch } from '../src/provisioning/patch.ts';
import { comparisons, readPath } from '../src/provisioning/path.ts';
import { ScimError } from '../src/provisioning/refusal.ts';
import { editsIn, editsOf } from '../src/provisioning/user-edits.ts';
import { edited, newProfile } from '../src/provisioning/user-form.ts';
import type { Json } from './support/server.ts';

const people = ['a', 'b', 'c', 'd', 'e'];
const some = fc.subarray(people);

/** One step about members, as a directory writes it, and what it makes of who is in a group. */
const step = fc.oneof(
  some.map((ids) => ({
    sent: { op: 'Add', path: 'members', value: ids.map((value) => ({ value })) },
    make: (inside: readonly string[]) => [...inside, ...ids],
  })),
  some.map((ids) => ({
    sent: { op: 'replace', value: { members: ids.map((value) => ({ value })) } },
    make: () => ids,
  })),
  fc.constantFrom(...people).map((id) => ({
    sent: { op: 'Remove', path: `members[value eq "${id}"]` },
    make: (inside: readonly string[]) => inside.filter((each) => each !== id),
  })),
  fc.subarray(people, { minLength: 1 }).map((ids) => ({
    sent: { op: 'remove', path: 'members', value: ids.map((value) => ({ value })) },
    make: (inside: readonly string[]) => inside.filter((each) => !ids.includes(each)),
  })),
  fc.constant({ sent: { op: 'remove', path: 'members' }, make: (): readonly string[] => [] }),
);

/** Values of any kind, with names that are known among those that are not. */
const names = fc.oneof(
  fc.constantFrom('userName', 'name', 'emails', 'active', 'members', 'op', 'path', 'value', 'Operations', 'schemas'),
  fc.constantFrom('__proto__', 'constructor', 'emails[type eq "work"].value', 'name.givenName', 'toString', 'id'),
  fc.string(),
);
const { anything } = fc.letrec<{ anything: Json }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('add', 'Replace', 'remove', 'True', true, false, null, 'a@example.org'),
    fc.string(),
    fc.integer(),
    fc.array(tie('anything'), { maxLength: 4 }),
    fc
      .array(fc.tuple(names, tie('anything')), { maxLength: 5 })
      .map((pairs) =>
        JSON.parse(`{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`),
      ),
  ),
}));
const object = fc.dictionary(names, anything);

/** Whatever is wrong, it is told in words of SCIM. */
function refusesWell(work: () => unknown): void {
  try {
    work();
  } catch (failure) {
    expect(failure).toBeInstanceOf(ScimError);
  }
}

describe('what directories send', () => {
  it('about members comes to what its steps come to one after another', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...people)),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        (before, steps) => {
          const { emptied, added, removed } = groupEditsOf(
            readPatch({ Operations: steps.map(({ sent }) => sent) }),
            'g',
          );
          const after = new Set([...(emptied ? [] : before.filter((id) => !removed.has(id))), ...added]);
          const inTurn = steps.reduce<readonly string[]>((inside, { make }) => make(inside), before);
          expect([...after].toSorted()).toEqual([...new Set(inTurn)].toSorted());
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is read, or refused in words of SCIM, whatever it is', () => {
    const before = newProfile({ userName: 'ada@example.org' });
    fc.assert(
      fc.property(object, fc.array(object, { maxLength: 4 }), (document, operations) => {
        refusesWell(() => newProfile(editsIn(document)));
        refusesWell(() => edited(before, editsOf(readPatch({ Operations: operations }), 'u')));
        refusesWell(() => groupEditsOf(readPatch({ Operations: operations }), 'g'));
      }),
      { numRuns: 2000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('as a filter or a path is understood, or refused in words of SCIM', () => {
    const word = fc.constantFrom(
      'userName',
      'eq',
      'and',
      'or',
      'not',
      '(',
      ')',
      '[',
      ']',
      '"a"',
      '"',
      '\\',
      '.',
      'pr',
      '1',
      'null',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(word, { maxLength: 20 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (filter) => {
        refusesWell(() => comparisons(filter, 'invalidFilter'));
        refusesWell(() => readPath(filter));
      }),
      { numRuns: 3000 },
    );
  });

  it('any text compares as it was written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (value) => {
        expect(comparisons(`userName eq ${JSON.stringify(value)}`, 'invalidFilter')).toEqual([
          { attribute: 'username', value },
        ]);
      }),
    );
  });
});
