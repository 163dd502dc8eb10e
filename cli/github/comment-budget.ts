/** Bytes of a comment: GitHub takes 65,536 characters, and this leaves room for a marker. */
export const COMMENT_BYTES = 60_000;

/** Bytes of a job summary: 1 MiB a step. */
export const SUMMARY_BYTES = 1_048_576;
