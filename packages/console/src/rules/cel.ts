import language from '@bailiwick/contract/condition-language.json';
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete';
import {
  HighlightStyle,
  StreamLanguage,
  type StringStream,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language';
import { tags } from '@lezer/highlight';

/** Within a text of three quotation marks, these; it may go on over lines. */
interface State {
  open: string | null;
}

const roots = new Set(language.attributes.map(({ name }) => name.split('.')[0]));
const constants = /^(true|false|null)$/;

/** The Common Expression Language, as far as colours need it (cel-spec, language definition, "Syntax"). */
const cel = StreamLanguage.define<State>({
  name: 'cel',
  startState: () => ({ open: null }),
  token: (stream, state) => {
    if (state.open !== null) return readText(stream, state, state.open);
    if (stream.eatSpace()) return null;
    if (stream.match(/^\/\/.*/)) return 'comment';
    const opened = stream.match(/^(?:[rR][bB]?|[bB][rR]?)?("""|''')/);
    if (opened && typeof opened !== 'boolean') return readText(stream, state, opened[1] ?? '');
    if (stream.match(/^(?:[rR][bB]?|[bB][rR]?)?("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)/)) return 'string';
    if (stream.match(/^(?:0x[0-9a-fA-F]+|\d[\d.]*(?:[eE][+-]?\d+)?)u?/)) return 'number';
    const word = stream.match(/^[A-Za-z_]\w*/);
    if (word && typeof word !== 'boolean') return kindOf(word[0], stream);
    if (stream.match(/^(?:&&|\|\||[=!<>]=|[-+*/%<>!?:])/)) return 'operator';
    stream.next();
    return null;
  },
});

function readText(stream: StringStream, state: State, end: string): string {
  state.open = stream.skipTo(end) ? null : end;
  if (state.open === null) stream.match(end);
  else stream.skipToEnd();
  return 'string';
}

function kindOf(word: string, stream: StringStream): string {
  if (constants.test(word)) return 'atom';
  if (word === 'in') return 'keyword';
  if (stream.match(/^\s*\(/, false)) return 'variableName.function';
  return roots.has(word) ? 'variableName' : 'propertyName';
}

const shade = (light: string, dark: string) =>
  `light-dark(var(--mantine-color-${light}), var(--mantine-color-${dark}))`;

/** Readable on the page of either colour scheme. */
const colors = HighlightStyle.define([
  { tag: tags.string, color: shade('teal-9', 'teal-3') },
  { tag: [tags.number, tags.atom], color: shade('orange-9', 'orange-3') },
  { tag: [tags.keyword, tags.operator], color: shade('grape-9', 'grape-3') },
  { tag: tags.function(tags.variableName), color: shade('blue-9', 'blue-3') },
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
]);

export const celLanguage = [cel, syntaxHighlighting(colors)];

type DescribedFunction = (typeof language.functions)[number];

/** Inserts how it is called, with the first text in it chosen, to be typed over. */
const functionOption = ({ name, form, summary }: DescribedFunction): Completion =>
  snippetCompletion(
    form.replace(/"[^"]*"/, (text) => `"$\{${text.slice(1, -1)}}"`),
    {
      label: name,
      detail: form.slice(name.length),
      info: summary,
      type: 'function',
    },
  );

const attributeOptions: readonly Completion[] = language.attributes.map(({ name, type, summary }) => ({
  label: name,
  detail: type,
  info: summary,
  type: 'variable',
}));
const ownFunctions = language.functions.filter(({ of }) => of === null).map(functionOption);
const constantOptions: readonly Completion[] = ['true', 'false'].map((label) => ({ label, type: 'constant' }));

/** What can be asked of a value; of one whose type nobody knows here, anything. */
function methodsOf(path: string): readonly Completion[] {
  const type = language.attributes.find(({ name }) => name === path)?.type;
  return language.functions
    .filter(({ of }) => of !== null && (type === undefined || type === 'map' || of === type))
    .map(functionOption);
}

/** Attributes and functions that can stand where the cursor is. */
export function completeCondition(context: CompletionContext): CompletionResult | null {
  const { name } = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (name === 'string' || name === 'comment') return null;
  const before = context.matchBefore(/(?:[\w.]+|[)\]"']\.\w*)/);
  const text = before?.text ?? '';
  if (text === '' && !context.explicit) return null;
  const dot = text.lastIndexOf('.');
  const owner = text.slice(0, dot);
  if (dot > 0 && !roots.has(owner)) {
    return { from: context.pos - (text.length - dot - 1), options: [...methodsOf(owner)], validFor: /^\w*$/ };
  }
  const options = [...attributeOptions, ...(dot === -1 ? [...ownFunctions, ...constantOptions] : [])];
  return { from: before?.from ?? context.pos, options, validFor: /^[\w.]*$/ };
}
