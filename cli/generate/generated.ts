/** What a generator says of what it has put into its draft. */
export interface Generated {
  /** What is made, in one line. */
  readonly title: string;

  /** What is still to be done, or to be looked at, by hand. */
  readonly notes: readonly string[];

  /** Commands that come next, in their order. */
  readonly next: readonly string[];
}
