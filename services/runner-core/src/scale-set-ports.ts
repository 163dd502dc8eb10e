import type { Pool } from "./settings";

/** How many jobs a scale set has. @see https://github.com/actions/scaleset/blob/main/types.go */
export interface Statistics {
  /** Jobs that nobody has acquired. */
  readonly totalAvailableJobs: number;

  /** Jobs that were given to the scale set, those that run among them. */
  readonly totalAssignedJobs: number;
  readonly totalRunningJobs: number;
}

/** A scale set: runners for jobs with its labels. */
export interface ScaleSet {
  readonly id: number;
  readonly labels: readonly string[];
  readonly statistics: Statistics | undefined;
}

/** A session, in which one listener gets the messages of a scale set. */
export interface ScaleSetSession {
  readonly setId: number;
  readonly id: string;
  readonly queueUrl: string;
  readonly token: string;
}

/** What is said of a job. */
export interface JobMessage {
  readonly messageType: "JobAvailable" | "JobAssigned" | "JobStarted" | "JobCompleted" | (string & {});

  /** GitHub's id of the job in its scale sets; it is not that of the job in the API. */
  readonly runnerRequestId: number;

  /** ISO 8601. */
  readonly queueTime?: string;
  readonly runnerAssignTime?: string;
  readonly finishTime?: string;
}

/** A message of the queue: it comes again until it is deleted. */
export interface ScaleSetMessage {
  readonly id: number;
  readonly jobs: readonly JobMessage[];
  readonly statistics: Statistics | undefined;
}

/** The session, or its token, is over. */
export class SessionExpired extends Error {}

/** GitHub's scale sets of one owner, one request a method. */
export interface ScaleSets {
  /** The scale set of a pool, with its statistics; undefined where there is none yet. */
  find(pool: Pool): Promise<ScaleSet | undefined>;

  /** Id of the scale set of a pool, asked for once; undefined where there is none yet. */
  idOf(pool: Pool): Promise<number | undefined>;

  /** The scale set of a pool, with its labels: made, or made right, when it is not. */
  ensure(pool: Pool): Promise<ScaleSet>;

  /** Begins a session; `taken` while another listener has one. */
  openSession(id: number, name: string): Promise<ScaleSetSession | "taken">;

  /** The session with a new token. @throws SessionExpired when it is over. */
  refreshSession(session: ScaleSetSession): Promise<ScaleSetSession>;
  closeSession(session: ScaleSetSession): Promise<void>;

  /**
   * The next message after the last; undefined when none has come for a while.
   *
   * @param capacity - runners that the scale set may have at once. @throws SessionExpired when the token is.
   */
  message(
    session: ScaleSetSession,
    last: number,
    capacity: number,
    signal?: AbortSignal,
  ): Promise<ScaleSetMessage | undefined>;

  /** Says that a message was handled. @throws SessionExpired when the token is. */
  deleteMessage(session: ScaleSetSession, id: number): Promise<void>;

  /** Has available jobs given to the scale set. @returns those that were. @throws SessionExpired when the token is. */
  acquire(session: ScaleSetSession, requests: readonly number[]): Promise<readonly number[]>;

  /**
   * Takes a scale set away that nobody listens to any more.
   *
   * @returns whether it is gone: one with jobs that run stays.
   */
  remove(id: number): Promise<boolean>;

  /** Makes a just-in-time configuration of a runner of the scale set. */
  createRunner(id: number, name: string): Promise<{ readonly id: number; readonly configuration: string }>;
}
