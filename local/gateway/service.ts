import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { EngineName } from "../engines/engine";
import type { Place, RequestHead, WholeRequest, WholeResponse } from "./exchange";

/** Sends a request that is held whole. */
export type Forward = (request: WholeRequest) => Promise<WholeResponse>;

/** One AWS service as the gateway serves it. */
export interface ServedService {
  /** Name that the service signs with. */
  readonly name: string;

  /** Who answers: an emulator, or the gateway with operations of its own. */
  readonly engine: EngineName | "gateway";
  readonly own?: OwnService;

  /** Each gets the answer of the one before. */
  readonly corrections: readonly Correction[];

  /** The first that refuses counts. */
  readonly guards: readonly Guard[];
}

/** Operations that neither emulator has, answered by the gateway itself with state of its own. */
export interface OwnService {
  /** Whether an operation is answered here. */
  answers(operation: string): boolean;

  /**
   * Answers a call.
   *
   * @param ask - sends a request to the service that its scope names, with all corrections.
   * @param emulator - sends this service's requests to its emulator, with all corrections.
   */
  answer(
    request: WholeRequest,
    place: Place,
    ask: Forward,
    emulator: Forward,
  ): WholeResponse | Promise<WholeResponse>;

  /** Answers a path of `/_groundplan/…` that is this service's; undefined for another. */
  control?(request: ControlRequest): Promise<WholeResponse | undefined>;

  /** Whether a request that is no call of an API is this service's, e.g. one of Docker's clients. */
  serves?(head: RequestHead): boolean;

  /** Answers such a request; bodies stream. @param ask - as of {@link answer}. */
  serve?(head: RequestHead, request: IncomingMessage, response: ServerResponse, ask: Forward): Promise<void>;

  /**
   * What answers under a name of this machine that is no API of AWS, e.g. `app.preview.localhost`; undefined for another's.
   *
   * @param host - in lower case, without a port.
   */
  findSite?(host: string): Promise<Site | undefined>;

  /**
   * Called once, when the gateway listens.
   *
   * @param ask - as of {@link answer}, at any time.
   * @param place - account and Region of requests that name none.
   */
  start?(ask: Forward, place: Place): void;

  /** Ends what it has started. */
  stop?(): Promise<void>;

  /** Copies what it keeps beside its file of state into a snapshot, while it runs. @param folder - of the snapshot. */
  copyTo?(folder: string): Promise<void>;

  /** Forgets everything. */
  reset(): void;
}

/** What answers requests under a name that it has, whoever sends them. */
export interface Site {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;

  /** Takes a connection over that is to speak another protocol, e.g. WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** A request to the gateway itself. */
export interface ControlRequest {
  readonly method: string;

  /** What follows `/_groundplan/`. */
  readonly path: string;

  /** Host and port that the client addresses. */
  readonly host: string;
  readonly body: () => Promise<Buffer>;

  /** Sends a request to the service that its scope names. */
  readonly ask: Forward;
}

/** Mends what an emulator answers differently from AWS; each names the API reference that it follows. */
export interface Correction {
  /**
   * Whether a request is one that has to be mended.
   *
   * It is called with the head, which decides whether the body is read whole, and again when it was: the action of the
   * query protocol stands in the body, and such a body is always read.
   */
  applies(request: RequestHead): boolean;

  /**
   * Mends the request, the answer, or both.
   *
   * @param forward - sends a request to the emulator, with the corrections before this one.
   */
  correct(request: WholeRequest, forward: Forward): Promise<WholeResponse>;
}

/** Refuses what AWS refuses and an emulator carries out. It sees the head alone, so the body still streams. */
export interface Guard {
  applies(head: RequestHead): boolean;

  /** The answer of AWS, or undefined for a request that may go on. */
  refusal(head: RequestHead, ask: Forward): Promise<WholeResponse | undefined>;
}
