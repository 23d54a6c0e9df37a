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

/** Characters of a document. */
export const maximumXml = 256 * 1024;

/** How deep elements may stand in one another. */
const maximumDepth = 40;

/** How much a document may hold. Declarations of namespaces are attributes. */
interface Bounds {
  readonly elements: number;
  readonly attributes: number;
}

/** Far beyond what an identity provider sends, also of somebody in hundreds of groups: the time to verify a signature grows with their square. */
export const responseBounds: Bounds = { elements: 1000, attributes: 2000 };
export const metadataBounds: Bounds = { elements: 20_000, attributes: 40_000 };

/**
 * Reads a document strictly: well-formed, with namespaces, without a document type. Entities other than the five of XML do
 * not exist, so nothing is fetched and nothing grows (CWE-611, CWE-776).
 *
 * @throws XmlError
 */
export async function readXml(text: string, bounds: Bounds): Promise<Element> {
  if (text.length > maximumXml) throw new XmlError('is too long');
  // Before any parser sees it.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlError('has a document type');
  // Few servers ever read XML.
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: { element: Element; children: Element[]; texts: string[] }[] = [];
  let root: Element | undefined;
  let elements = 0;
  let attributesInAll = 0;
  parser.on('error', () => {
    throw new XmlError('is not well-formed');
  });
  parser.on('doctype', () => {
    throw new XmlError('has a document type');
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    elements += 1;
    attributesInAll += Object.keys(attributes).length;
    if (open.length >= maximumDepth || elements > bounds.elements || attributesInAll > bounds.attributes)
      throw new XmlError('has too many elements');
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
