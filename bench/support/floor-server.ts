/**
 * The least a Node server can do: answers that were made before, by their path; what is posted is parsed and forgotten.
 * It is started with the answers as its only word, and tells the processor time it has used as our server does, at `/metrics`.
 */
import { createServer, type ServerResponse } from 'node:http';

/** An answer with its headers, those that node:http adds by itself left out. */
export interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const answers = JSON.parse(process.argv[2] ?? '{}') as Readonly<Record<string, Answer>>;

const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    const { user, system } = process.cpuUsage();
    response.end(`process_cpu_seconds_total ${(user + system) / 1e6}\n`);
    return;
  }
  if (request.method === 'POST') {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString());
      send(response, request.url);
    });
    return;
  }
  send(response, request.url);
});

function send(response: ServerResponse, path = ''): void {
  const answer = answers[path];
  response.writeHead(answer ? 200 : 404, answer?.headers);
  response.end(answer?.body);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
