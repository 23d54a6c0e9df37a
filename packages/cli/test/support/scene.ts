import type { Reply, Request } from './cli.ts';
import type { Style } from './samples.ts';

/** One run of a command: what is typed behind it, and what it finds. */
export interface Scene {
  readonly about: string;
  readonly words?: readonly string[];
  readonly style?: Style;
  readonly rows?: number;
  readonly width?: number;
  readonly reply?: (request: Request) => Reply;
  readonly showsColours?: boolean;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}
