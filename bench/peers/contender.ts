import type { Organization, Question } from './organization.ts';

/** A way to ask over HTTP; every call is a POST of JSON. */
export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent for some questions about one user. */
  body(questions: readonly Question[]): unknown;
  /** The answers in their order, read from what came back. */
  answers(text: string): readonly boolean[];
}

/** A server that holds the organization. */
export interface RunningContender extends AsyncDisposable {
  readonly version: string;
  /** Its process, for the time and memory it uses. */
  readonly pid: number;
  /** From the first grant that is sent to the acknowledgement of the last, users and groups being there, in seconds. */
  readonly loadSeconds: number;
  /** One question in a call. */
  readonly single: Call;
  /** Many questions in a call. */
  readonly batch: Call;
}

/** A server that can be compared. */
export interface Contender {
  readonly name: string;
  /** How it is set up, for the reader of the table. */
  readonly setting: string;
  /** @throws Error when it cannot be built, or does not start */
  start(organization: Organization): Promise<RunningContender>;
}
