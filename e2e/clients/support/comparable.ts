import { parse } from 'yaml';
import type { Json } from '../../support/server-process.ts';
import { createNormalizer, type Exchange } from './transcript.ts';

/** What only our own command line knows. */
const ownWords = ['no-escalation=false', 'enforce-mfa=false'];

/** What two programs showed for the same lines, without what may differ between them. */
export function comparable(
  exchanges: readonly Exchange[],
  show: (exchange: Exchange) => unknown,
): readonly { readonly line: string; readonly shown: unknown }[] {
  const normalize = createNormalizer();
  return exchanges.map((exchange) => ({
    line: normalize(exchange.words.filter((word) => !ownWords.includes(word)).join(' ')),
    shown: JSON.parse(normalize(JSON.stringify(show(exchange)))),
  }));
}

/**
 * Standard output in the form that `-o`, the last word, asked for, without what the official one does otherwise: it adds
 * a name to every object that a server did not name, wipes the conditions of the other rules when it adds or takes away
 * one, writes an empty list as `null` in YAML, and some titles like identifiers.
 */
export function asShown({ words, stdout }: Exchange): Json {
  const format = words.at(-1);
  const [, , verb] = words;
  if (format === 'human') return isOfRules(words) ? withoutConditions(linesOf(stdout)) : linesOf(stdout);
  const value: Json = format === 'yaml' ? parse(stdout, { version: '1.1' }) : JSON.parse(stdout);
  const isEmpty = format === 'yaml' && verb === 'list' && value === null;
  return isEmpty ? [] : withoutOwn(value, isOfRules(words));
}

/** The same with what was told beside it. */
export function asShownAndTold(exchange: Exchange): Json {
  return { code: exchange.code, told: exchange.stderr, shown: asShown(exchange) };
}

function isOfRules(words: readonly string[]): boolean {
  return words[0] === 'iam' && words[1] === 'rule';
}

function withoutOwn(value: Json, isRule: boolean): Json {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => {
      if (key === 'srn') return undefined;
      return isRule && key === 'condition' ? '' : inner;
    }),
  );
}

/** The official one breaks the line within a value; ours shows where. JSON and YAML have the text itself. */
const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----(?:\\n|\n)*/g;

const acronym = (word: string) => word.toUpperCase();

function linesOf(text: string): readonly string[] {
  return withoutNameColumn(text.replace(certificate, '<certificate>\n')).map((line) =>
    line.replace(/^✅ (?:Api-key|Ssh-key|Jwt) /, (title) => title.replace(/\w{3}/, acronym).replace('-', ' ')),
  );
}

/** The cells below a head, columns parted by two blanks. */
function withoutConditions(lines: readonly string[]): readonly string[] {
  let column = -1;
  return lines.map((line) => {
    const cells = line.split('  ');
    if (cells.includes('CONDITION')) column = cells.indexOf('CONDITION');
    else if (cells[column] !== undefined) return cells.with(column, '').join('  ');
    return line;
  });
}

/** Tables lose their last column, and details their last line, where it holds names. Blanks go with the widths. */
function withoutNameColumn(text: string): readonly string[] {
  let isNamed = false;
  return text
    .split('\n')
    .filter((line) => !/^(?:\w+\.\d+\.)?Srn /.test(line))
    .map((line) => {
      const isHead = / SRN *$/.test(line);
      isNamed = isHead || (isNamed && line !== '');
      const kept = isNamed ? line.trimEnd().replace(/ +\S+$/, '') : line;
      return kept.replace(/ {2,}/g, '  ').trimEnd();
    });
}

/** What an error says to people, without the words of the parsers of times. */
export function toldToPeople(stderr: string): readonly string[] {
  const lines = stderr.replace(/^scaleway-sdk-go: /gm, '').split('\n');
  return lines.filter((line) => line !== '' && !/^(?:Absolute|Relative) time error: /.test(line));
}

/** The words of an error, without the name of the library that the official one puts before some. */
export function messageOf(stderr: string): { readonly message: string } {
  const { message, error } = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '{}');
  const text: unknown = message ?? error;
  return { message: String(text).replace(/^scaleway-sdk-go: /, '') };
}
