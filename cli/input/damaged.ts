import { CliError } from "../console/errors";

/** What is kept in AWS and is not what Groundplan writes there: what is wrong, where, and what to do. */
export class DamagedError extends CliError {}
