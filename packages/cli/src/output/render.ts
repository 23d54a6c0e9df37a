import type { CommandTable } from '@bailiwick/contract/command-table';
import { toCsv } from './csv.ts';
import { detailRows, pairRows } from './detail.ts';
import type { Format } from './format.ts';
import { toJson } from './json.ts';
import { layOut, type Painter } from './layout.ts';
import type { Block, Json, Result, Section } from './result.ts';
import { tableRows } from './table.ts';
import type { Template } from './template/template.ts';
import { oneLine } from './values.ts';
import { toYaml } from './yaml.ts';

/** What a page depends on beside its content. */
export interface View {
  readonly types: CommandTable['types'];
  readonly painter: Painter;
  /** Characters in a line of the terminal; null where output goes elsewhere. */
  readonly width: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A result for people. One of several has no titles and no sections. */
export async function renderForPeople(
  result: Result,
  format: Format & { readonly kind: 'human' },
  view: View,
  isOneOfSeveral: boolean,
): Promise<string> {
  const width = format.wide ? null : view.width;
  switch (result.shape) {
    case 'nothing':
      return '-\n';
    case 'text':
      return `${result.text || '-'}\n`;
    case 'success':
      return `✅ ${view.painter(oneLine(successSentence(result)), 'green')}\n${indented(result.details)}`;
    case 'list': {
      if (result.page && format.columns === null) return await renderPage(result.page, view);
      const rows = tableRows(result.rows, result.type, format.columns ?? result.columns, view.types, view);
      return await layOut(rows, view.painter, width);
    }
    case 'object': {
      if (result.page) return await renderPage(result.page, view);
      if (result.sections && !isOneOfSeveral) return await renderSections(result.sections, view, width);
      return await layOut(detailRows(result.value, result.type, view.types, view), view.painter);
    }
  }
}

function indented(details = ''): string {
  return details === '' ? '' : details.replace(/.+/g, (line) => `  ${oneLine(line)}`).concat('\n');
}

/** Nothing of it is cut: the last column says what matters. */
async function renderPage(blocks: readonly Block[], { painter }: View): Promise<string> {
  const parts = await Promise.all(
    blocks.map(
      async ({ title, rows }) =>
        `${title === null ? '' : `${painter(`${title}:`, 'bold')}\n`}${await layOut(rows, painter)}`,
    ),
  );
  return parts.join('\n');
}

async function renderSections(sections: readonly Section[], view: View, width: number | null): Promise<string> {
  const parts = await Promise.all(
    sections.map(
      async (section) => `${view.painter(`${section.title}:`, 'bold')}\n${await renderSection(section, view, width)}`,
    ),
  );
  return parts.join('\n');
}

async function renderSection(section: Section, view: View, width: number | null): Promise<string> {
  if ('text' in section) return `${oneLine(section.text)}\n`;
  if ('pairs' in section) return await layOut(pairRows(section.pairs), view.painter);
  if ('rows' in section)
    return await layOut(tableRows(section.rows, section.type, null, view.types, view), view.painter, width);
  return await layOut(detailRows(section.value, section.type, view.types, view), view.painter);
}

/** A result, or the list of several, for programs. */
export async function renderForPrograms(
  results: readonly Result[],
  areSeveral: boolean,
  format: Exclude<Format, { readonly kind: 'human' }>,
  types: CommandTable['types'],
): Promise<string> {
  if (format.kind === 'csv') return await toCsv(results, format.columns, types);
  if (format.kind === 'template') return renderTemplate(results, areSeveral, format.template, types);
  const values = results.map(programValue);
  const shown = areSeveral ? values : values[0]!;
  return format.kind === 'json' ? toJson(shown, format.pretty) : await toYaml(shown);
}

/** A line break after each of several results and each element of a list; what stands alone is all that is printed. */
function renderTemplate(
  results: readonly Result[],
  areSeveral: boolean,
  template: Template,
  types: CommandTable['types'],
): string {
  const texts = results.flatMap((result) => template.apply(result, types));
  const isAlone = !areSeveral && results[0]?.shape !== 'list';
  return isAlone ? texts.join('') : texts.map((text) => `${text}\n`).join('');
}

/** What programs see of a result. */
function programValue(result: Result): Json {
  switch (result.shape) {
    case 'object':
      return result.value;
    case 'list':
      return result.rows;
    case 'success':
      return { message: result.message, details: result.details ?? '' };
    case 'text':
      return result.value ?? result.text;
    case 'nothing':
      return null;
  }
}

/** Words that are not written as they are typed. */
const properNames: Readonly<Record<string, string>> = { 'api-key': 'API key', jwt: 'JWT', 'ssh-key': 'SSH key' };

/** Programs keep the word as typed: `api-key has been …`. */
function successSentence({ message, resource }: Result & { readonly shape: 'success' }): string {
  const proper = properNames[resource ?? ''];
  const sentence = capitalized(proper === undefined ? message : message.replace(resource!, proper));
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
