import { readSwitch } from '../client/settings.ts';

/** Flags that every command takes. */
export interface Flags {
  readonly config: string | undefined;
  readonly profile: string | undefined;
  readonly output: string | undefined;
  readonly debug: boolean;
  readonly help: boolean;
  readonly listSubCommands: boolean;
  /** Of commands that take them (own/command.ts). */
  readonly file: string | undefined;
  readonly prune: boolean;
  readonly yes: boolean;
}

/** Flags that only some commands take, by name. */
export type SomeFlag = 'file' | 'prune' | 'yes';

/** A typed line, taken apart: flags may stand anywhere, what is left keeps its order. */
export interface Line {
  readonly flags: Flags;
  readonly words: readonly string[];
  /** Flags that only some commands take, with what the refusal by others says. */
  readonly someFlags: ReadonlyMap<SomeFlag, string>;
  /** The first thing wrong with a flag; told only when the command is known. */
  readonly problem: string | null;
}

const withValue = ['config', 'profile', 'output', 'file'] as const;
const switches = {
  debug: 'debug',
  help: 'help',
  'list-sub-commands': 'listSubCommands',
  prune: 'prune',
  yes: 'yes',
} as const;
const shorthands: Readonly<Record<string, string>> = {
  c: 'config',
  p: 'profile',
  o: 'output',
  D: 'debug',
  h: 'help',
  f: 'file',
  y: 'yes',
};
const someFlagNames: ReadonlySet<string> = new Set<SomeFlag>(['file', 'prune', 'yes']);

/** Long names of the flags that every command takes. */
export const commonFlags: readonly string[] = [...withValue, ...Object.keys(switches)].filter(
  (name) => !someFlagNames.has(name),
);

type Values = { -readonly [K in keyof Flags]: Flags[K] };

/** Separates flags from words. After `--` there are no flags. The last of several wins. */
export function readLine(typed: readonly string[]): Line {
  const flags: Values = {
    config: undefined,
    profile: undefined,
    output: undefined,
    debug: false,
    help: false,
    listSubCommands: false,
    file: undefined,
    prune: false,
    yes: false,
  };
  const someFlags = new Map<SomeFlag, string>();
  const words: string[] = [];
  let problem: string | null = null;
  const queue = [...typed];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      words.push(...queue.splice(0));
    } else if (word.startsWith('--')) {
      problem = readLong(word, queue, flags, someFlags) ?? problem;
    } else if (word.startsWith('-') && word.length > 1) {
      problem = readShort(word, queue, flags, someFlags) ?? problem;
    } else {
      words.push(word);
    }
    if (problem !== null)
      return { flags, words: [...words, ...queue.filter((rest) => !rest.startsWith('-'))], someFlags, problem };
  }
  return { flags, words, someFlags, problem };
}

type SomeFlags = Map<SomeFlag, string>;

function readLong(word: string, queue: string[], flags: Values, someFlags: SomeFlags): string | null {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (isSomeFlag(name)) someFlags.set(name, `unknown flag: --${name}`);
  if (!isValued(name) && !isSwitch(name)) return `unknown flag: --${name}`;
  return setFlag(name, value, queue, flags) ? null : refusal(name, `--${name}`, value);
}

/** `-ojson`, `-o=json`, `-o json` and switches in one word: `-Dh`. */
function readShort(word: string, queue: string[], flags: Values, someFlags: SomeFlags): string | null {
  for (let index = 1; index < word.length; index += 1) {
    const letter = word.charAt(index);
    const name = shorthands[letter];
    const unknown = `unknown shorthand flag: '${letter}' in ${word}`;
    if (name === undefined) return unknown;
    if (isSomeFlag(name)) someFlags.set(name, unknown);
    const rest = word.slice(index + 1).replace(/^=/, '');
    const takesRest = isValued(name) || word.charAt(index + 1) === '=';
    const value = takesRest && rest !== '' ? rest : undefined;
    if (!setFlag(name, value, queue, flags)) return refusal(name, `'${letter}' in ${word}`, value);
    if (takesRest) return null;
  }
  return null;
}

/** @returns false for a flag without its value, or a switch that is neither true nor false */
function setFlag(name: string, value: string | undefined, queue: string[], flags: Values): boolean {
  if (isValued(name)) {
    const taken = value ?? queue.shift();
    if (taken === undefined) return false;
    flags[name] = taken;
    return true;
  }
  const isOn = value === undefined ? true : readSwitch(value);
  if (!isSwitch(name) || isOn === null) return false;
  flags[switches[name]] = isOn;
  return true;
}

function refusal(name: string, shown: string, value: string | undefined): string {
  if (isValued(name)) return `flag needs an argument: ${shown}`;
  return `invalid argument "${value}" for "--${name}" flag: it takes true or false`;
}

function isSwitch(name: string): name is keyof typeof switches {
  return Object.hasOwn(switches, name);
}

function isValued(name: string): name is (typeof withValue)[number] {
  return (withValue as readonly string[]).includes(name);
}

function isSomeFlag(name: string): name is SomeFlag {
  return someFlagNames.has(name);
}
