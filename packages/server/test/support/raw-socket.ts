import { connect } from 'node:net';

/** What came back on a connection, and whether the server ended it. */
export interface Exchange {
  readonly text: string;
  readonly closed: boolean;
}

export interface ExchangeOptions {
  /** Ends our side after the last byte. */
  readonly end?: boolean;
  /** Breaks the connection off so many milliseconds after the last byte. */
  readonly breakAfter?: number;
}

/** Longer than any time limit of the servers that are asked here, in milliseconds. */
const patience = 3_000;

/** Sends bytes as they are, and gathers what comes back until the connection ends. */
export function exchange(port: number, bytes: string | Buffer, options: ExchangeOptions = {}): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = (closed: boolean) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve({ text, closed });
    };
    const deadline = setTimeout(() => finish(false), patience);
    socket.setEncoding('latin1').on('data', (piece) => {
      text += piece;
    });
    // A server that closes while bytes are on their way to it resets the connection.
    socket.on('error', () => finish(true)).on('close', () => finish(true));
    socket.write(bytes, () => {
      if (options.end) socket.end();
      if (options.breakAfter !== undefined) setTimeout(() => socket.resetAndDestroy(), options.breakAfter);
    });
  });
}

/** Status, headers and body of an answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function readAnswer(text: string): RawAnswer {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body: body.join('\r\n\r\n') };
}
