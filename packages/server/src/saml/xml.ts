import { SaxesParser } from 'saxes';

/** An element of an XML document, with its namespaces resolved. */
export interface Element {
  readonly namespace: string;
  /** Its name without a prefix. */
  readonly name: string;
  /** Values of attributes that have no namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** All text directly in it, in one piece. */
  readonly text: string;
}

/** The text is no XML that is read here. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** Bounds of a document, far beyond what an identity provider sends, so that reading one stays cheap. */
const maximumDepth = 40;
const maximumElements = 20_000;

/** Characters of a document. */
export const maximumXml = 256 * 1024;

/**
 * Reads a document strictly: well-formed, with namespaces, without a document type. Entities other than the five of XML do
 * not exist, so nothing is fetched and nothing grows (CWE-611, CWE-776).
 *
 * @throws XmlError
 */
export function readXml(text: string): Element {
  if (text.length > maximumXml) throw new XmlError('is too long');
  // Before any parser sees it.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlError('has a document type');
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: { element: Element; children: Element[]; texts: string[] }[] = [];
  let root: Element | undefined;
  let count = 0;
  parser.on('error', () => {
    throw new XmlError('is not well-formed');
  });
  parser.on('doctype', () => {
    throw new XmlError('has a document type');
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    count += 1;
    if (open.length >= maximumDepth || count > maximumElements) throw new XmlError('has too many elements');
    const children: Element[] = [];
    const texts: string[] = [];
    const own = Object.values(attributes).filter((attribute) => attribute.uri === '');
    const element = {
      namespace: uri,
      name: local,
      attributes: new Map(own.map((attribute) => [attribute.local, attribute.value])),
      children,
      get text() {
        return texts.join('');
      },
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push({ element, children, texts });
  });
  const take = (piece: string) => open.at(-1)?.texts.push(piece);
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  if (root === undefined) throw new XmlError('is not well-formed');
  return root;
}

/** The children of this name. */
export const childrenOf = (element: Element, namespace: string, name: string): readonly Element[] =>
  element.children.filter((child) => child.namespace === namespace && child.name === name);

/** The element and all below it. */
export function* everyElement(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}
