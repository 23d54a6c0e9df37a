import { Agent, request } from 'node:http';

/** What an organization sends when it floods a server: each client its next request as soon as it has an answer. */
export interface Flood {
  readonly url: string;
  readonly secretKey: string;
  readonly clients: number;
  readonly requests: readonly { readonly method: string; readonly path: string; readonly body?: object }[];
}

/** Its number of answers by status, as the program prints it when it is told to stop. */
export type FloodReport = Readonly<Record<string, number>>;

if (import.meta.main) run(JSON.parse(process.argv[2] ?? '') as Flood);

function run({ url, secretKey, clients, requests }: Flood): void {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const report: Record<string, number> = {};
  const count = (what: string) => {
    report[what] = (report[what] ?? 0) + 1;
  };
  const send = (at: number): Promise<void> =>
    new Promise((resolve) => {
      const asked = requests[at % requests.length];
      if (!asked) return resolve();
      const headers = { 'x-auth-token': secretKey, ...(asked.body && { 'content-type': 'application/json' }) };
      request(`${url}${asked.path}`, { method: asked.method, agent, headers }, (answer) => {
        answer.resume().once('end', () => {
          count(String(answer.statusCode));
          resolve();
        });
      })
        .once('error', () => {
          count('broken');
          resolve();
        })
        .end(asked.body && JSON.stringify(asked.body));
    });
  const keepOn = async (client: number): Promise<never> => {
    for (let at = client; ; at += 1) await send(at);
  };
  for (let client = 0; client < clients; client += 1) void keepOn(client);
  process.once('SIGTERM', () => {
    process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
  });
  process.stdout.write('listening on nothing\n');
}
