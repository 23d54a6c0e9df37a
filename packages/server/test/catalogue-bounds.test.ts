import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noDefinitions } from '../src/catalogue/definitions.ts';
import { CatalogueError } from '../src/catalogue/faults.ts';
import { readCatalogueFile } from '../src/catalogue/file.ts';
import { readCatalogue } from '../src/catalogue/source.ts';
import { accepted, catalogueFile, refusals } from './support/catalogue-files.ts';

const megabyte = 1_000_000;

describe('a catalogue file that is made to do harm is refused before it does', () => {
  test('ten lines of aliases that stand for thousands of millions of values', () => {
    const lines = [...'bcdefghij'].map((name, at) => {
      const repeated = Array.from({ length: 10 }, () => `*${'abcdefghi'[at]}`);
      return `${name}: &${name} [${repeated.join(', ')}]`;
    });
    expect(refusals(['a: &a [x, x, x, x, x, x, x, x, x, x]', ...lines].join('\n'))).toEqual([
      'FILE:1: catalogue: its aliases stand for too much; write the values out',
    ]);
  });

  test('an alias within what it stands for', () => {
    expect(refusals('version: 1\nservices: &all\n  - *all\n')).toEqual([
      'FILE:3: catalogue: its aliases stand for too much; write the values out',
    ]);
  });

  test.each(['[', '{a: ', '- ', '? ', 'a: ', '[{'])('megabytes of `%s`', (part) => {
    const [sentence] = refusals(part.repeat((5 * megabyte) / part.length));
    expect(sentence).toBe('FILE:1: catalogue: more than 64 levels are nested; a catalogue needs eight');
  });

  test('more words and signs than any catalogue of 5 MB has', () => {
    expect(refusals(`[${'1,'.repeat(2 * megabyte)}1]`)).toEqual([
      'FILE:1: catalogue: the file has more than 2000000 words and signs; leave comments and blanks out',
    ]);
  });

  test('a chain of sets that is as long as the file, which is fine until it closes', () => {
    const chain = (last: string) =>
      Array.from(
        { length: 10_000 },
        (_, at) => `  - {name: Set${at}, scope_type: projects, includes: [${at === 9999 ? last : `Set${at + 1}`}]}`,
      ).join('\n');
    const text = (last: string) => `version: 1\npermission_sets:\n${chain(last)}\n`;
    expect(accepted(text('SSHKeysReadOnly')).sets).toHaveLength(10_000);
    expect(refusals(text('Set0'))).toEqual([
      'FILE:10002: permission set `Set0`: it includes itself: Set0 > Set1 > Set2 > Set3 > Set4 > Set5 > Set6 > Set7 > Set8 > … > Set0; take one of these out',
    ]);
  });
});

describe('the bytes of a catalogue file', () => {
  const refusal = async (path: string) => {
    const failure: unknown = await readCatalogueFile(path).catch((refused: unknown) => refused);
    expect(failure).toBeInstanceOf(CatalogueError);
    return failure instanceof CatalogueError ? failure : undefined;
  };

  test('are UTF-8, with or without a mark', async () => {
    const file = catalogueFile('\uFEFFversion: 1 # naïve\n');
    expect(await readCatalogueFile(file.path)).toBe('version: 1 # naïve\n');
    file.write(Buffer.from('version: 1 # na\xefve', 'latin1'));
    const { message, faults } = (await refusal(file.path)) ?? {};
    expect(message).toBe(`${file.path}: catalogue: it is not UTF-8; save it in that encoding`);
    expect(faults).toEqual([{ line: 0, thing: 'catalogue', reason: 'it is not UTF-8; save it in that encoding' }]);
    file.remove();
  });

  test('are at most 5 MB', async () => {
    const file = catalogueFile(`version: 1\n#${'x'.repeat(5 * megabyte - 12)}`);
    expect(accepted(await readCatalogueFile(file.path))).toEqual(noDefinitions);
    file.write(`version: 1\n#${'x'.repeat(5 * megabyte - 11)}`);
    expect((await refusal(file.path))?.message).toBe(
      `${file.path}: catalogue: it is larger than 5 MB; no catalogue needs that much`,
    );
    file.remove();
  });

  test('are there: a missing file and a folder are refused by name', async () => {
    const file = catalogueFile('version: 1');
    file.remove();
    expect((await refusal(file.path))?.message).toMatch(`${file.path}: catalogue: it cannot be read: ENOENT`);
    expect((await refusal(import.meta.dirname))?.message).toMatch(
      `${import.meta.dirname}: catalogue: it cannot be read: EISDIR`,
    );
  });
});

test('whatever becomes of a catalogue file, it is read or refused in sentences that name the file', () => {
  const example = readFileSync(join(import.meta.dirname, '../../../examples/wiki-catalogue.yaml'), 'utf8');
  const edit = fc.tuple(
    fc.nat(example.length),
    fc.nat(40),
    fc.oneof(
      fc.constantFrom('', '*', '&a ', '*a', ':', '\n', '  - ', '[', ']', '{', '"', '!x ', '1', '---\n', '\t'),
      fc.string(),
    ),
  );
  const outcomes = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (before, [at, length, put]) => before.slice(0, at) + put + before.slice(at + length),
        example,
      );
      try {
        readCatalogue(text, 'FILE');
        outcomes.read += 1;
      } catch (failure) {
        if (!(failure instanceof CatalogueError)) throw failure;
        expect(failure.message).toMatch(
          /^(FILE:\d+: [a-z ]+( \d+ of| \d+)?( `.*`)?: .+\n?)+(FILE: \d+ more faults are not shown)?$/,
        );
        outcomes.refused += 1;
      }
    }),
    { numRuns: 500 },
  );
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(5);
});
