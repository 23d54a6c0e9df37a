/** What is asked about a text. */
export interface TextQuestion {
  readonly message: string;
  /** Offered where something is known already; an empty answer takes it. */
  readonly initial?: string | null;
  /** True: what is typed is not shown. */
  readonly isSecret?: boolean;
  /** What is wrong with an answer; null when nothing is. The question is put again then. */
  readonly check: (answer: string) => string | null;
}

/** One of several answers. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

/** Asks a person in front of a terminal, or takes the answers from the lines of a script. */
export interface Questions {
  /** False: nobody is there to choose, nothing is shown. */
  readonly isTerminal: boolean;
  /** @throws Interrupted at Ctrl-C, CommandError when there are no more answers */
  text(question: TextQuestion): Promise<string>;
  /** @throws Interrupted at Ctrl-C */
  yesOrNo(message: string, fallback: boolean): Promise<boolean>;
  /** @throws Interrupted at Ctrl-C */
  choose(message: string, choices: readonly Choice[], initial: string): Promise<string>;
}
