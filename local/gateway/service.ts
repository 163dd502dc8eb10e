import type { Place, RequestHead, WholeRequest, WholeResponse } from "./exchange";

/** Operations that neither emulator has, answered by the gateway itself with state of its own. */
export interface OwnService {
  /** Name that the service signs with. */
  readonly service: string;

  /** Whether an operation is answered here. */
  answers(operation: string): boolean;

  /** @param ask - sends a request to the service that its scope names, with all corrections. */
  answer(
    request: WholeRequest,
    place: Place,
    ask: (request: WholeRequest) => Promise<WholeResponse>,
  ): WholeResponse | Promise<WholeResponse>;

  /** Forgets everything. */
  reset(): void;
}

/** Mends what an emulator answers differently from AWS; each names the API reference that it follows. */
export interface Correction {
  /** Name that the service signs with. */
  readonly service: string;

  /** Whether a request is one that has to be mended; its body is then read whole. */
  applies(head: RequestHead): boolean;

  /** Mends the request, the answer, or both. */
  correct(
    request: WholeRequest,
    forward: (request: WholeRequest) => Promise<WholeResponse>,
  ): Promise<WholeResponse>;
}

/** Refuses what AWS refuses and an emulator carries out. It sees the head alone, so the body still streams. */
export interface Guard {
  /** Name that the service signs with. */
  readonly service: string;

  applies(head: RequestHead): boolean;

  /** The answer of AWS, or undefined for a request that may go on. */
  refusal(
    head: RequestHead,
    ask: (request: WholeRequest) => Promise<WholeResponse>,
  ): Promise<WholeResponse | undefined>;
}
