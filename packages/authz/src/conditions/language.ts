import type { attributes } from './attributes.ts';
import { conversions, macros, tests } from './functions.ts';
import { type TimePart, timeParts } from './time.ts';

/** A word of the language, for those who write conditions and for programs that help them. */
export interface Described {
  /** `request.ip`, `startsWith`. */
  readonly name: string;
  readonly summary: string;
}

export interface DescribedAttribute extends Described {
  readonly type: 'text' | 'time' | 'map';
}

export interface DescribedFunction extends Described {
  /** What stands before the dot; null for what is called by itself. */
  readonly of: 'text' | 'time' | 'list' | null;
  /** How it is called: `startsWith("…")`. */
  readonly form: string;
}

type Root = keyof typeof attributes;
type AttributePath = { [R in Root]: `${R}.${(typeof attributes)[R][number]}` }[Root];
type Told = readonly [form: string, summary: string];

/** Every attribute and function that a condition may use, in the order in which they are thought of. */
export function describeLanguage(): {
  readonly attributes: readonly DescribedAttribute[];
  readonly functions: readonly DescribedFunction[];
} {
  const told = <N extends string>(
    names: readonly N[],
    words: Readonly<Record<N, Told>>,
    of: DescribedFunction['of'],
  ): readonly DescribedFunction[] => names.map((name) => ({ name, of, form: words[name][0], summary: words[name][1] }));
  return {
    attributes: Object.entries(attributeWords).map(([name, [type, summary]]) => ({ name, type, summary })),
    functions: [
      ...told(['inIpRange', 'has', 'matches'], ownWords, null),
      ...told(tests, testWords, 'text'),
      ...told(timeParts, timeWords, 'time'),
      ...told(macros, macroWords, 'list'),
      ...told(conversions, conversionWords, null),
    ],
  };
}

const attributeWords: Readonly<Record<AttributePath, readonly [DescribedAttribute['type'], string]>> = {
  'request.ip': ['text', 'address that the request comes from'],
  'request.time': ['time', 'when the request is made'],
  'request.user_agent': ['text', 'how the client describes itself'],
  'resource.id': ['text', 'id of the object that the request is about'],
  'resource.name': ['text', 'its name now'],
  'resource.locality': ['text', 'its region, its zone or "global"'],
  'resource.properties': ['map', 'what a service of your own says of it'],
  'subject.id': ['text', 'who asks, at a service of your own'],
  'subject.type': ['text', 'what kind of subject that is'],
  'subject.properties': ['map', 'what a service of your own says of it'],
};

const ownWords: Readonly<Record<'inIpRange' | 'has' | 'matches', Told>> = {
  inIpRange: ['inIpRange(request.ip, "10.0.0.0/8")', 'whether an address is in a network, IPv4 or IPv6'],
  has: ['has(resource.id)', 'whether an attribute is there; to read an absent one is an error'],
  matches: ['matches(resource.name, "^/team/")', 'whether a pattern (RE2) is found in a text'],
};

const testWords: Readonly<Record<(typeof tests)[number], Told>> = {
  contains: ['contains("…")', 'whether the text has this part'],
  startsWith: ['startsWith("…")', 'whether the text begins so'],
  endsWith: ['endsWith("…")', 'whether the text ends so'],
  matches: ['matches("^…$")', 'whether a pattern (RE2) is found in the text'],
  inIpRange: ['inIpRange("10.0.0.0/8")', 'whether the address is in a network, IPv4 or IPv6'],
};

/** All take a zone, by name or as an offset; without one they are those of UTC. */
const timeWords: Readonly<Record<TimePart, Told>> = {
  getFullYear: ['getFullYear("Europe/Paris")', 'year'],
  getMonth: ['getMonth("Europe/Paris")', 'month, from 0'],
  getDate: ['getDate("Europe/Paris")', 'day of the month, from 1'],
  getDayOfMonth: ['getDayOfMonth("Europe/Paris")', 'day of the month, from 0'],
  getDayOfWeek: ['getDayOfWeek("Europe/Paris")', 'day of the week: Sunday is 0'],
  getDayOfYear: ['getDayOfYear("Europe/Paris")', 'day of the year, from 0'],
  getHours: ['getHours("Europe/Paris")', 'hour, 0 to 23; of UTC without a zone'],
  getMinutes: ['getMinutes("Europe/Paris")', 'minute'],
  getSeconds: ['getSeconds("Europe/Paris")', 'second'],
  getMilliseconds: ['getMilliseconds("Europe/Paris")', 'thousandth of a second'],
};

const macroWords: Readonly<Record<(typeof macros)[number], Told>> = {
  all: ['all(x, x != "")', 'whether it is so for every item'],
  exists: ['exists(x, x == "")', 'whether it is so for some item'],
  exists_one: ['exists_one(x, x == "")', 'whether it is so for just one item'],
  map: ['map(x, x + 1)', 'another list, made of each item'],
  filter: ['filter(x, x != "")', 'the items for which it is so'],
};

const conversionWords: Readonly<Record<(typeof conversions)[number], Told>> = {
  int: ['int("1")', 'whole number of a text, a number or a time'],
  uint: ['uint("1")', 'whole number that is not negative'],
  double: ['double("1.5")', 'number with a fraction'],
  string: ['string(1)', 'text of a value'],
  bytes: ['bytes("…")', 'bytes of a text'],
  timestamp: ['timestamp("2030-01-02T03:04:05Z")', 'time of a text (RFC 3339)'],
  duration: ['duration("1h30m")', 'length of time'],
  type: ['type(request.ip)', 'type of a value'],
  size: ['size(resource.name)', 'characters of a text, items of a list'],
};
